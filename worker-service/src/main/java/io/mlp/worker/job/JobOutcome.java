package io.mlp.worker.job;

import io.mlp.job.Failure;
import io.mlp.job.Prediction;
import io.mlp.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an attempt at a job went. */
public sealed interface JobOutcome {
  ClaimedJob job();

  /**
   * The model answered.
   *
   * @param outputs those that the job asked for
   * @param predictions one a row, if the model has labels
   * @param compute inside the model, for the whole run
   * @param batchRows rows of all jobs that shared the run
   */
  record Succeeded(
      ClaimedJob job,
      List<Tensor> outputs,
      @Nullable List<Prediction> predictions,
      Duration compute,
      int batchRows)
      implements JobOutcome {}

  /** The model did not answer. */
  record Failed(ClaimedJob job, Failure failure) implements JobOutcome {

    /** Whether the job is queued again instead of ending as failed. */
    public boolean retried() {
      return failure.kind().retryable() && job.attempts() < job.maxAttempts();
    }
  }
}
