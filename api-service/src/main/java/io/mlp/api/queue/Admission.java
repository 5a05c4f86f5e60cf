package io.mlp.api.queue;

import io.mlp.api.model.CataloguedVersion;
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
   * @throws ProblemException 503 if too many do, with the time after which fewer will
   */
  public void admit(CataloguedVersion version) {
    Instant now = clock.instant();
    KnownQueue queue = knownQueues.queue(version.id());
    refuseIfFull(
        queue,
        settings.maxQueued(),
        now,
        () -> "model %s, version %d,".formatted(version.model(), version.version()));
    refuseIfFull(knownQueues.all(), settings.maxQueuedInAll(), now, () -> "all models");
    queue.accept();
    knownQueues.all().accept();
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
