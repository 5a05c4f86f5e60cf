package io.mlp.api.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;

/**
 * A queue as this process knows it: what the last count counted, what was accepted here since, and
 * what workers have taken since if they go on as between the last two.
 */
final class KnownQueue {
  private final LongAdder accepted = new LongAdder();
  private volatile Statistics statistics = new Statistics(Instant.EPOCH, 0, 0, 0, 0, 0);

  /**
   * What was counted at one moment.
   *
   * @param accepted how many had been accepted here by then
   * @param oldestSeconds how long the job that waits longest could have been claimed by then
   * @param drained how many a second workers had taken since the count before
   */
  private record Statistics(
      Instant at, long accepted, long queued, long running, double oldestSeconds, double drained) {}

  /** One job more waits, or will in a moment. */
  void accept() {
    accepted.increment();
  }

  long accepted() {
    return accepted.sum();
  }

  /**
   * The queue was counted.
   *
   * @param acceptedBefore what {@link #accepted} was just before
   */
  void counted(Instant at, long acceptedBefore, long queued, long running, double oldestSeconds) {
    Statistics before = statistics;
    double seconds = seconds(before.at, at);
    long taken = before.queued + acceptedBefore - before.accepted - queued;
    boolean known = !before.at.equals(Instant.EPOCH) && seconds > 0 && taken > 0;
    statistics =
        new Statistics(
            at, acceptedBefore, queued, running, oldestSeconds, known ? taken / seconds : 0);
  }

  /** How many wait by now, about. */
  long depth(Instant now) {
    Statistics last = statistics;
    double taken = last.drained * seconds(last.at, now);
    return Math.max(0, last.queued + accepted() - last.accepted - (long) taken);
  }

  /** Jobs that workers take a second; 0 if none or if that is not known. */
  double drained() {
    return statistics.drained;
  }

  long queued() {
    return statistics.queued;
  }

  long running() {
    return statistics.running;
  }

  /** How long the job that waits longest could have been claimed by now; 0 if none waited. */
  double oldestSeconds(Instant now) {
    Statistics last = statistics;
    return last.queued == 0 ? 0 : last.oldestSeconds + seconds(last.at, now);
  }

  /** The same at the last count: a job that was claimed since would age on until the next one. */
  double oldestSecondsAtCount() {
    return statistics.oldestSeconds;
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }
}
