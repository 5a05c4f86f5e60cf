package io.mlp.api.queue;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Lets no more jobs into a queue than may wait there. What it goes by is the last count and what
 * this process accepted since, so it asks the database nothing; a limit may be passed by what other
 * replicas accept, or workers cease to take, within one knownQueues.
 */
@Component
public class Admission {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private final KnownQueues knownQueues;
  private final QueueSettings settings;
  private final Clock clock;

  Admission(KnownQueues knownQueues, QueueSettings settings, Clock clock) {
    this.knownQueues = knownQueues;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Counts one job more that waits for that version.
   *
   * @param owner whose job it is
   * @param caller who may be limited in the number of its owner's jobs
   * @throws ProblemException 503 if too many do, 429 if the owner has too many, with the time after
   *     which there will be fewer
   */
  public void admit(CataloguedVersion version, String owner, Caller caller) {
    Instant now = clock.instant();
    KnownQueue inFlight = knownQueues.of(owner);
    int most = caller.limits().maxInFlight();
    if (most > 0 && inFlight.depth(now) >= most) {
      knownQueues.countAgain();
      refuseBeyond(most, inFlight, now);
    }
    KnownQueue queue = knownQueues.queue(version.id());
    refuseIfFull(
        queue,
        settings.maxQueued(),
        now,
        () -> "model %s, version %d,".formatted(version.model(), version.version()));
    refuseIfFull(knownQueues.all(), settings.maxQueuedInAll(), now, () -> "all models");
    inFlight.accept();
    queue.accept();
    knownQueues.all().accept();
  }

  /**
   * What it goes by is the last count, what was accepted here since, and the pace at which jobs
   * ended between the last two.
   */
  private void refuseBeyond(int most, KnownQueue inFlight, Instant now) {
    long depth = inFlight.depth(now);
    if (depth >= most) {
      throw ProblemException.passing(
          ProblemType.QUOTA_EXCEEDED,
          "The owner has about %d unfinished jobs (expected: at most %d)".formatted(depth, most),
          untilRoom(inFlight, depth, most),
          null);
    }
  }

  /** How many jobs more the caller's owner may have now, about, where that is limited. */
  public long room(Caller caller) {
    long inFlight = knownQueues.of(caller.owner()).depth(clock.instant());
    return Math.max(0, caller.limits().maxInFlight() - inFlight);
  }

  private void refuseIfFull(KnownQueue queue, long most, Instant now, Supplier<String> whose) {
    long depth = queue.depth(now);
    if (depth >= most) {
      throw ProblemException.passing(
          ProblemType.QUEUE_FULL,
          "The queue of %s is full: about %d jobs wait, %d may".formatted(whose.get(), depth, most),
          untilRoom(queue, depth, most),
          null);
    }
  }

  /**
   * How long it takes until a tenth of the queue is free, at the pace of late: if all came back for
   * the first free place, most would come in vain.
   */
  private Duration untilRoom(KnownQueue queue, long depth, long most) {
    if (queue.drained() == 0) {
      return settings.statisticsInterval();
    }
    double excess = depth - 0.9 * most;
    Duration wait = Duration.ofMillis((long) (1000 * excess / queue.drained()));
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }
}
