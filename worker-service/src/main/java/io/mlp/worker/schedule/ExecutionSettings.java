package io.mlp.worker.schedule;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of running batches.
 *
 * @param runs batches of a model that compute at a time; 0 for one a processor that the container
 *     may use. One of each model may always, so with several models it can be more
 * @param batchesInFlight most batches of a model that are claimed, computed or recorded at a time;
 *     0 for two a run, so that one computes while another is recorded. Of several models one each,
 *     and otherwise as many as of one
 * @param timeLimit how long a run may take, unless the model has a limit of its own
 * @param stuckAfter how long a run may go on after it was told to end; beyond that the worker is no
 *     longer live
 * @param slowRun how long a run takes at least that the log tells of
 * @param maxOutput most bytes of a job's outputs; 0 for a fifth of the heap, but at most 64 MB
 * @param grace how long a stop waits for batches in flight before it gives their jobs back
 */
@Validated
@ConfigurationProperties(prefix = "worker.execution", ignoreUnknownFields = false)
public record ExecutionSettings(
    @DefaultValue("0") @Min(0) @Max(256) int runs,
    @DefaultValue("0") @Min(0) @Max(512) int batchesInFlight,
    @DefaultValue("5m") @NotNull @DurationMin(millis = 1) Duration timeLimit,
    @DefaultValue("30s") @NotNull @DurationMin(millis = 1) Duration stuckAfter,
    @DefaultValue("1s") @NotNull @DurationMin(millis = 1) Duration slowRun,
    @DefaultValue("0") @NotNull DataSize maxOutput,
    @DefaultValue("20s") @NotNull @DurationMin(millis = 0) Duration grace) {

  private static final DataSize USUAL_OUTPUT = DataSize.ofMegabytes(64);

  /** PostgreSQL takes no value, and no statement, of a gigabyte. */
  private static final DataSize LARGEST_OUTPUT = DataSize.ofMegabytes(512);

  public ExecutionSettings {
    if (maxOutput.isNegative() || maxOutput.compareTo(LARGEST_OUTPUT) > 0) {
      throw new IllegalArgumentException(
          "worker.execution.max-output: %s (expected: 0 to %s)"
              .formatted(maxOutput, LARGEST_OUTPUT));
    }
  }

  /**
   * The most bytes of a job's outputs.
   *
   * @param heap bytes that the process may have
   */
  public long effectiveMaxOutput(long heap) {
    return maxOutput.toBytes() > 0
        ? maxOutput.toBytes()
        : Math.min(USUAL_OUTPUT.toBytes(), heap / 5);
  }

  int effectiveRuns() {
    return runs > 0 ? runs : Runtime.getRuntime().availableProcessors();
  }

  int effectiveBatchesInFlight() {
    return batchesInFlight > 0 ? batchesInFlight : 2 * effectiveRuns();
  }
}
