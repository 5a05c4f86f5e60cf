package io.mlp.job.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.job.CacheResult;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.JobJson;
import io.mlp.job.JobMove;
import io.mlp.job.JobStatus;
import io.mlp.job.Prediction;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a job ends: a move of {@link JobMove} that leads to a terminal state.
 *
 * @param fence under which the job was seen in the state that the move begins with
 * @param outcome of the model, if it answered
 * @param kind why, if the job fails
 * @param detail for people, unless it succeeds
 */
public record Ending(
    UUID id,
    int fence,
    JobMove move,
    @Nullable Outcome outcome,
    @Nullable FailureKind kind,
    @Nullable String detail) {

  /**
   * What the model answered.
   *
   * @param outputs those that the job asked for
   * @param predictions one a row, if the model has labels
   * @param compute inside the model, for the whole run; zero if there was none
   * @param batchRows rows of all jobs that shared the run; 0 if there was none
   * @param cache where the outputs are from, unless the job bypasses the cache
   */
  public record Outcome(
      List<Tensor> outputs,
      @Nullable List<Prediction> predictions,
      Duration compute,
      int batchRows,
      @Nullable CacheResult cache) {

    byte[] storedOutputs() {
      return TensorCodec.encode(outputs);
    }

    @Nullable String storedPredictions() {
      return predictions == null ? null : new String(JobJson.predictions(predictions), UTF_8);
    }

    double computeMillis() {
      return compute.toNanos() / 1e6;
    }

    @Nullable String storedCache() {
      return cache == null ? null : cache.text();
    }
  }

  public Ending {
    if (!move.to().terminal()) {
      throw new IllegalArgumentException(move + " ends no job");
    }
    if ((move.to() == JobStatus.SUCCEEDED) == (outcome == null)) {
      throw new IllegalArgumentException("only a job that succeeds has an outcome");
    }
    if ((move.to() == JobStatus.FAILED) == (kind == null)) {
      throw new IllegalArgumentException("only a job that fails has a kind of failure");
    }
  }

  /** The model answered a job that was claimed under that fence. */
  public static Ending succeeded(UUID id, int fence, Outcome outcome) {
    return new Ending(id, fence, JobMove.SUCCEED, outcome, null, null);
  }

  /** No further attempt at a job that was claimed under that fence is made. */
  public static Ending failed(UUID id, int fence, Failure failure) {
    return new Ending(id, fence, JobMove.FAIL, null, failure.kind(), failure.detail());
  }

  /** No worker will ever run a job that waits. */
  public static Ending abandoned(UUID id, int fence, Failure failure) {
    return new Ending(id, fence, JobMove.ABANDON, null, failure.kind(), failure.detail());
  }

  /** Its client wants the job no more. */
  public static Ending canceled(UUID id, int fence, boolean running) {
    JobMove move = running ? JobMove.CANCEL_RUNNING : JobMove.CANCEL_QUEUED;
    return new Ending(id, fence, move, null, null, "Its client canceled the job");
  }

  /** The deadline has passed. */
  public static Ending expired(UUID id, int fence, boolean running) {
    JobMove move = running ? JobMove.EXPIRE_RUNNING : JobMove.EXPIRE_QUEUED;
    return new Ending(id, fence, move, null, null, "The job's deadline passed");
  }
}
