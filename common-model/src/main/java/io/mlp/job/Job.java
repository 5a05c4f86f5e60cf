package io.mlp.job;

import io.mlp.tensor.Tensor;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as clients see it, at one moment.
 *
 * @param owner who may see it, beside administrators
 * @param modelDigest SHA-256 of the model file that ran, in hex; before a run, of the file that is
 *     catalogued
 * @param expiresAt when the result is deleted; known once the job is terminal
 * @param outputs the requested outputs, once succeeded
 * @param predictions one a row, once succeeded, if the model has labels
 * @param metrics known once claimed
 */
public record Job(
    UUID id,
    String owner,
    String model,
    int version,
    String modelDigest,
    JobStatus status,
    int priority,
    int attempts,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @Nullable Instant expiresAt,
    JobOptions options,
    @Nullable List<Tensor> outputs,
    @Nullable List<Prediction> predictions,
    @Nullable Failure failure,
    @Nullable Metrics metrics) {

  /**
   * How the last attempt went.
   *
   * @param queueMillis from acceptance to that attempt's claim
   * @param computeMillis inside the model, for the whole batch; 0 if nothing was computed
   * @param batchRows rows of all jobs that shared the run; 0 if there was none
   * @param cache where the outputs are from, unless the job bypasses the cache
   */
  public record Metrics(
      double queueMillis, double computeMillis, int batchRows, @Nullable CacheResult cache) {}
}
