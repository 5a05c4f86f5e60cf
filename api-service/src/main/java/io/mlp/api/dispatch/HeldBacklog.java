package io.mlp.api.dispatch;

import io.mlp.job.store.Backlog;
import io.mlp.job.store.Backlog.Head;
import io.mlp.job.store.Backlog.Position;
import io.mlp.job.store.Backlog.Progress;
import io.mlp.job.store.Backlog.Waiting;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How far this replica has come with a backlog whose lease it holds.
 *
 * <p>New jobs, whichever replica stores them, come behind the virtual time that was told last. So
 * it is told ahead: as far as tickets are likely to get until it is told again.
 */
final class HeldBacklog {
  /** Of the tickets, for the priority whose first job waits longest: so no priority starves. */
  private static final double LONGEST_WAITING = 0.1;

  /** In nanoseconds: too short to tell the pace. */
  private static final long SHORT = 10_000_000;

  private final Duration interval;
  private final Duration settlesAfter;
  private final List<Position> positions;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private Progress told;
  private List<Long> reachedWhenTold;
  private long toldAt;
  private double share;

  /** Where it stood at a moment. */
  private record Sample(long nanos, List<Long> reached) {}

  /**
   * Begins where tickets are settled: those behind are sent again.
   *
   * @param interval how often it is told at least
   * @param settlesAfter how long after its ticket was sent a job that waits must have lost it
   */
  HeldBacklog(Progress progress, Duration interval, Duration settlesAfter, long nanos) {
    this.interval = interval;
    this.settlesAfter = settlesAfter;
    this.positions = new ArrayList<>(progress.settled().stream().map(Position::behind).toList());
    this.told = progress;
    this.reachedWhenTold = progress.settled();
    this.toldAt = nanos;
    samples.add(new Sample(nanos, progress.settled()));
  }

  /** The next jobs that get tickets; none, where nothing waits. */
  List<Waiting> next(Backlog backlog, int versionId, int most) {
    List<Head> heads = backlog.heads(versionId, positions);
    List<Waiting> jobs = new ArrayList<>(most);
    if (heads.size() > 1) {
      share += LONGEST_WAITING * most;
      Head longest = heads.stream().min(Comparator.comparing(Head::readyAt)).orElseThrow();
      take(backlog, versionId, longest.priority(), (int) share, jobs);
      share -= (int) share;
    }
    for (Head head : heads) {
      take(backlog, versionId, head.priority(), most - jobs.size(), jobs);
    }
    return jobs;
  }

  private void take(Backlog backlog, int versionId, int priority, int most, List<Waiting> jobs) {
    if (most < 1) {
      return;
    }
    List<Waiting> next = backlog.next(versionId, priority, positions.get(priority), most);
    if (!next.isEmpty()) {
      positions.set(priority, next.getLast().position());
      jobs.addAll(next);
    }
  }

  /** Whether others must be told before tickets are sent, or should be once more. */
  boolean mustTell(long nanos) {
    return nanos - toldAt >= interval.toNanos()
        || priorities().anyMatch(i -> reached(i) > told.virtualTime().get(i));
  }

  private static IntStream priorities() {
    return IntStream.range(0, Backlog.PRIORITIES);
  }

  private long reached(int priority) {
    return positions.get(priority).sequence();
  }

  private List<Long> reached() {
    return positions.stream().map(Position::sequence).toList();
  }

  /** What is to be told now. */
  Progress progress(long nanos) {
    samples.addLast(new Sample(nanos, reached()));
    List<Long> virtualTime = new ArrayList<>(Backlog.PRIORITIES);
    priorities()
        .forEach(i ->
            virtualTime.add(Math.max(told.virtualTime().get(i), reached(i) + ahead(i, nanos))));
    return new Progress(virtualTime, settled(nanos));
  }

  /** As far as it gets in an interval at the pace since it was told last. */
  private long ahead(int priority, long nanos) {
    long elapsed = nanos - toldAt;
    long advance = reached(priority) - reachedWhenTold.get(priority);
    return elapsed < SHORT ? 0 : (long) ((double) advance * interval.toNanos() / elapsed);
  }

  /** Jobs of the sequence itself may still be without a ticket. */
  private List<Long> settled(long nanos) {
    List<Long> settled = told.settled();
    while (!samples.isEmpty() && nanos - samples.getFirst().nanos >= settlesAfter.toNanos()) {
      settled = samples.removeFirst().reached;
    }
    return settled;
  }

  void told(Progress progress, long nanos) {
    told = progress;
    reachedWhenTold = reached();
    toldAt = nanos;
  }

  /** Whether every ticket was sent so long ago that nothing is to be told after this. */
  boolean settledBy(Progress progress) {
    return progress.settled().equals(reached());
  }
}
