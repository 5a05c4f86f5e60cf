package io.mlp.benchmark.stack;

import java.time.Duration;

/** When jobs are submitted. One driver thread uses it, so it needs no locks. */
public interface Pace {
  long NEVER = Long.MAX_VALUE;

  /** The time of the next job, which may be past or to come, or {@link #NEVER}. */
  long next(long nowNanos);

  /** Closed loop: as soon as the last one is answered, for so long. */
  static Pace closed(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    return now -> now < end ? now : NEVER;
  }

  /** Closed loop, until so many have been submitted. */
  static Pace closed(int jobs) {
    int[] left = {jobs};
    return now -> left[0]-- > 0 ? now : NEVER;
  }

  /**
   * Open loop: at a fixed rate whatever the answers take. A job's latency counts from the time it
   * was due, so one that had to wait for a connection is not embellished.
   */
  static Pace open(double perSecond, Duration time) {
    long start = System.nanoTime();
    long jobs = Math.round(perSecond * time.toMillis() / 1000);
    long[] next = {0};
    return _ -> next[0] < jobs ? start + Math.round(next[0]++ * 1e9 / perSecond) : NEVER;
  }
}
