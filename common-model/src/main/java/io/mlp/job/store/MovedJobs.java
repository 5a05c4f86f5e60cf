package io.mlp.job.store;

import io.mlp.job.FailureKind;
import io.mlp.job.JobStatus;
import org.jspecify.annotations.Nullable;

/** Is told which jobs were ended or queued again, after that has committed. */
public interface MovedJobs {

  /**
   * A job of that version has ended.
   *
   * @param kind why, if it has failed
   */
  void ended(int versionId, JobStatus outcome, @Nullable FailureKind kind);

  /** An attempt at a job of that version has failed, and the job is queued again. */
  void requeued(int versionId, FailureKind kind);
}
