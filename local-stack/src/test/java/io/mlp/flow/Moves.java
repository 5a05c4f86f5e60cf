package io.mlp.flow;

import io.mlp.job.FailureKind;
import io.mlp.job.JobStatus;
import io.mlp.job.store.MovedJobs;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What upkeep told of the jobs that it moved. */
public final class Moves implements MovedJobs {
  private final List<String> told = new CopyOnWriteArrayList<>();

  /** Each move: the version, and what became of the job. */
  public List<String> told() {
    return told;
  }

  @Override
  public void ended(int versionId, JobStatus outcome, @Nullable FailureKind kind) {
    told.add(versionId + " " + outcome.text() + (kind == null ? "" : " " + kind.text()));
  }

  @Override
  public void requeued(int versionId, FailureKind kind) {
    told.add(versionId + " requeued " + kind.text());
  }
}
