package io.mlp.job.store;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a job waits before another attempt.
 *
 * @param first after the first attempt, doubled with each further one
 * @param most the longest such wait
 */
public record Backoff(Duration first, Duration most) {
  /** After so many attempts: between half of the doubled time and the whole, at random. */
  public Duration after(int attempts, RandomGenerator random) {
    double doubled = (double) first.toMillis() * Math.pow(2, Math.max(0, attempts - 1));
    double bounded = Math.min(doubled, (double) most.toMillis());
    return Duration.ofNanos((long) (bounded * (0.5 + random.nextDouble() / 2) * 1e6));
  }
}
