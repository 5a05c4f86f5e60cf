package io.mlp.worker.trial;

import java.time.Duration;

/**
 * What a trial may cost.
 *
 * @param time of the processor in all; of the clock four times as much, for other work may hold it
 *     up
 * @param bytes of the inputs and outputs of one run
 */
public record Budget(Duration time, long bytes) {
  /** A model that needs more is not batched, unless its description says that it is. */
  public static final Budget DEFAULT = new Budget(Duration.ofSeconds(20), 64L << 20);
}
