package io.mlp.api.retention;

import io.mlp.job.JobIds;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.job.store.JobUpkeep;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Deletes finished jobs whose time is over, with their attempts. No index tells which they are, for
 * it would make every record dearer; but ids sort by age, so it walks the key from the oldest job
 * on, up to the first that is too young to have expired, and takes up there the next time. Where
 * jobs were left on the way, for they wait or have ended late, it looks again and again. What it
 * has deleted it never passes again: while an old snapshot is held, all of that is still there.
 *
 * <p>While most of what it finds may go, it goes on without a pause; all other looks take a
 * two-hundredth of the time. When the database was away it begins at the oldest job, for one that
 * failed over may have lost what was deleted last. Any number of replicas may walk side by side.
 */
@Component
class ExpiredJobs {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();
  private static final UUID BEGINNING = new UUID(0, 0);
  private static final int RARER = 200;

  /** What a statement aims at. */
  private static final Duration STEP = Duration.ofMillis(5);

  private static final int FEWEST = 100;

  private final JobUpkeep jobs;
  private final Clock clock;
  private final RetentionSettings settings;
  private final LongSupplier nanoTime;

  /** The next ones, for each look at some that were left; only one thread walks. */
  private final Deque<Span> left = new ArrayDeque<>();

  /** All jobs up to it were looked at once. */
  private UUID reached = BEGINNING;

  private int rows;
  private boolean atEnd;
  private int toLookAt;

  /**
   * Some jobs in the order of their ids, of which at least one was left.
   *
   * @param after the one before them
   * @param to the last one
   * @param jobs how many there were once, so many rows of the index it passes at most
   */
  private record Span(UUID after, UUID to, int jobs) {}

  @Autowired
  ExpiredJobs(JobUpkeep jobs, Clock clock, RetentionSettings settings) {
    this(jobs, clock, settings, System::nanoTime);
  }

  ExpiredJobs(JobUpkeep jobs, Clock clock, RetentionSettings settings, LongSupplier nanoTime) {
    this.jobs = jobs;
    this.clock = clock;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.rows = settings.step();
  }

  @Scheduled(fixedDelayString = "${api.retention.interval}")
  void run() {
    atEnd = false;
    OUTAGE.unlessAway(() -> {
      try {
        walk();
      } catch (DataAccessResourceFailureException e) {
        reached = BEGINNING;
        left.clear();
        throw e;
      }
    });
  }

  private void walk() {
    long spare = settings.interval().toNanos() / RARER;
    while (spare > 0 && !(atEnd && toLookAt == 0)) {
      long began = nanoTime.getAsLong();
      JobUpkeep.Step step = next();
      if (2 * step.deleted() < step.walked()) {
        spare -= nanoTime.getAsLong() - began;
      }
    }
  }

  /** Looks at the next jobs, deletes those that have expired, and tells how many. */
  int step() {
    return next().deleted();
  }

  private JobUpkeep.Step next() {
    return atEnd && toLookAt > 0 ? again(left.removeFirst()) : further();
  }

  private JobUpkeep.Step further() {
    UUID young = JobIds.leastAt(clock.instant().minus(settings.jobs()));
    long began = nanoTime.getAsLong();
    JobUpkeep.Step step = jobs.deleteExpired(reached, young, rows);
    atEnd = step.walked() < rows;
    adapt(step.walked(), Math.max(1, nanoTime.getAsLong() - began));
    // Others may have deleted all there was: that is not passed again, either.
    UUID to = step.walked() == 0 ? young : step.last();
    leave(step, new Span(reached, to, step.walked()));
    reached = to;
    toLookAt = left.size();
    return step;
  }

  /** A short step that was quick tells nothing. */
  private void adapt(int walked, long took) {
    if (!atEnd || took > STEP.toNanos()) {
      double fitting = Math.min((double) walked * STEP.toNanos() / took, 2.0 * rows);
      rows = Math.clamp((long) fitting, Math.min(FEWEST, settings.step()), settings.step());
    }
  }

  private JobUpkeep.Step again(Span span) {
    toLookAt--;
    JobUpkeep.Step step = jobs.deleteExpired(span.after, span.to, rows);
    if (step.walked() < rows) {
      leave(step, span);
    } else {
      leave(step, new Span(span.after, step.last(), step.walked()));
      left.addFirst(new Span(step.last(), span.to, span.jobs - step.walked()));
      toLookAt++;
    }
    return step;
  }

  /** Neighbours become one as long as that stays small, however few jobs each look finds. */
  private void leave(JobUpkeep.Step step, Span span) {
    if (step.walked() == step.deleted()) {
      return;
    }
    Span before = left.peekLast();
    boolean joins =
        before != null
            && before.to.equals(span.after)
            && before.jobs + span.jobs <= settings.step();
    left.addLast(
        joins ? new Span(left.removeLast().after, span.to, before.jobs + span.jobs) : span);
  }
}
