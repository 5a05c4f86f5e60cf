package io.mlp.worker.job;

import io.mlp.cache.CachedAnswer;
import io.mlp.job.CacheResult;
import io.mlp.job.Failure;
import io.mlp.job.Prediction;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.Ending;
import io.mlp.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an attempt at a job went. */
public sealed interface JobOutcome {
  ClaimedJob job();

  /** How the job ends, if that is the last of its attempts. */
  Ending ending();

  /**
   * The model answered.
   *
   * @param outputs those that the job asked for
   * @param predictions one a row, if the model has labels
   * @param compute inside the model, for the whole run; zero if there was none
   * @param batchRows rows of all jobs that shared the run; 0 if there was none
   * @param cache where the outputs are from, unless the job bypasses the cache
   */
  record Succeeded(
      ClaimedJob job,
      List<Tensor> outputs,
      @Nullable List<Prediction> predictions,
      Duration compute,
      int batchRows,
      @Nullable CacheResult cache)
      implements JobOutcome {

    @Override
    public Ending ending() {
      return Ending.succeeded(
          job.id(),
          job.fence(),
          new Ending.Outcome(outputs, predictions, compute, batchRows, cache));
    }

    /** The answer of an earlier job that asked the same. */
    public static Succeeded hit(ClaimedJob job, CachedAnswer answer) {
      return new Succeeded(
          job, answer.outputs(), answer.predictions(), Duration.ZERO, 0, CacheResult.HIT);
    }

    /** The same answer for a job. */
    public Succeeded of(ClaimedJob other, CacheResult from) {
      return new Succeeded(other, outputs, predictions, compute, batchRows, from);
    }

    /** What later jobs may get that ask the same. */
    public CachedAnswer answer() {
      return new CachedAnswer(outputs, predictions);
    }
  }

  /** The model did not answer. */
  record Failed(ClaimedJob job, Failure failure) implements JobOutcome {

    @Override
    public Ending ending() {
      return Ending.failed(job.id(), job.fence(), failure);
    }

    /** Whether the job is queued again instead of ending as failed. */
    public boolean retried() {
      return failure.kind().retryable() && job.attempts() < job.maxAttempts();
    }
  }
}
