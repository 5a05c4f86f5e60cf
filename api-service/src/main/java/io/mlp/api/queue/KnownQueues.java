package io.mlp.api.queue;

import io.mlp.api.dispatch.Tickets;
import io.mlp.api.lookup.SharedRead;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.job.store.QueueStatistics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Counts unfinished jobs, seldom enough that a long backlog costs little, for the metrics, for
 * clients and for the limits. It also tells of backlogs, in case nobody else does any more. Every
 * replica counts the same rows.
 */
@Component
public class KnownQueues {
  /** A count of so little is worth its while: it reads a few hundred pages. */
  private static final Duration QUICK = Duration.ofMillis(25);

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private final QueueStatistics statistics;
  private final Tickets tickets;
  private final Clock clock;
  private final Map<Integer, KnownQueue> queues = new ConcurrentHashMap<>();
  private final Map<String, KnownQueue> owners = new ConcurrentHashMap<>();
  private final KnownQueue all = new KnownQueue();
  private final SharedRead counts = new SharedRead(this::countAll);
  private volatile long lastCount;
  private volatile long lastTook = Long.MAX_VALUE;
  private volatile @Nullable Instant countedAt;

  KnownQueues(QueueStatistics statistics, Tickets tickets, Clock clock) {
    this.statistics = statistics;
    this.tickets = tickets;
    this.clock = clock;
  }

  /** The queue of that version. */
  KnownQueue queue(int versionId) {
    return queues.computeIfAbsent(versionId, _ -> new KnownQueue());
  }

  /** All queues together. */
  KnownQueue all() {
    return all;
  }

  /** The unfinished jobs of that owner, those that run included. */
  KnownQueue of(String owner) {
    return owners.computeIfAbsent(owner, _ -> new KnownQueue());
  }

  /**
   * Counts now, unless that was done in the last second or takes long: before somebody is refused
   * for what may be over.
   */
  void countAgain() {
    if (lastTook < QUICK.toNanos() && System.nanoTime() - lastCount > SECOND.toNanos()) {
      count();
    }
  }

  /** The versions that jobs waited for at the last count. */
  public Set<Integer> queued() {
    return queues.entrySet().stream()
        .filter(queue -> queue.getValue().queued() > 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** When the last count was; empty before the first. */
  public Optional<Instant> countedAt() {
    return Optional.ofNullable(countedAt);
  }

  @Scheduled(fixedDelayString = "${api.queues.statistics-interval}")
  void count() {
    OUTAGE.unlessAway(counts::run);
  }

  private void countAll() {
    Map<Integer, Long> accepted = new HashMap<>();
    Map<String, Long> acceptedOf = new HashMap<>();
    queues.forEach((versionId, queue) -> accepted.put(versionId, queue.accepted()));
    owners.forEach((owner, queue) -> acceptedOf.put(owner, queue.accepted()));
    long acceptedInAll = all.accepted();
    long began = System.nanoTime();
    QueueStatistics.Counts found = statistics.count();
    lastCount = System.nanoTime();
    lastTook = lastCount - began;
    counted(found.queues(), accepted, acceptedInAll);
    owners(found.inFlight(), acceptedOf);
  }

  private void owners(Map<String, Long> inFlight, Map<String, Long> accepted) {
    Instant now = clock.instant();
    inFlight.keySet().forEach(this::of);
    owners.forEach((owner, queue) ->
        queue.counted(
            now, accepted.getOrDefault(owner, 0L), inFlight.getOrDefault(owner, 0L), 0, 0));
  }

  private void counted(
      List<QueueStatistics.Count> counts, Map<Integer, Long> accepted, long acceptedInAll) {
    Instant now = clock.instant();
    Map<Integer, QueueStatistics.Count> found = new HashMap<>();
    QueueStatistics.Count sum = none(0);
    for (QueueStatistics.Count count : counts) {
      found.put(count.versionId(), count);
      queue(count.versionId());
      if (count.backlogged()) {
        tickets.backlogged(count.versionId());
      }
      sum = sum.plus(count);
    }
    queues.forEach((versionId, queue) ->
        tell(
            queue,
            now,
            accepted.getOrDefault(versionId, 0L),
            found.getOrDefault(versionId, none(versionId))));
    tell(all, now, acceptedInAll, sum);
    countedAt = now;
  }

  private static QueueStatistics.Count none(int versionId) {
    return new QueueStatistics.Count(versionId, 0, 0, false, 0);
  }

  private static void tell(
      KnownQueue queue, Instant now, long accepted, QueueStatistics.Count count) {
    queue.counted(now, accepted, count.queued(), count.running(), count.oldestSeconds());
  }
}
