package io.mlp.api.dispatch;

import io.mlp.job.WaitingJob;
import io.mlp.job.store.Backlog;
import io.mlp.job.store.Dispatchable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The backlog of one version, in memory. */
final class FakeBacklog extends Backlog {
  private static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::sequence)
          .thenComparing(position -> position.id().toString());

  private final List<Row> rows = new ArrayList<>();
  private Progress progress = new Progress(zeros(), zeros());
  private @Nullable UUID holder;
  private Duration lease = Duration.ZERO;

  private record Row(int priority, Position position, Instant readyAt) {}

  FakeBacklog() {
    super(JdbcClient.create(new JdbcTemplate()));
  }

  private static List<Long> zeros() {
    return Collections.nCopies(PRIORITIES, 0L);
  }

  /** Jobs of one owner behind the others. */
  List<UUID> add(int priority, int jobs) {
    return IntStream.range(0, jobs).mapToObj(_ -> addOne(priority)).toList();
  }

  private UUID addOne(int priority) {
    long last =
        Stream.concat(
                Stream.of(progress.virtualTime().get(priority)),
                rows.stream()
                    .filter(row -> row.priority == priority)
                    .map(row -> row.position.sequence()))
            .max(Comparator.naturalOrder())
            .orElseThrow();
    return add(priority, last + 1, Instant.EPOCH.plusSeconds(rows.size()));
  }

  UUID add(int priority, long sequence, Instant readyAt) {
    UUID id = UUID.randomUUID();
    rows.add(new Row(priority, new Position(sequence, id), readyAt));
    return id;
  }

  Progress progress() {
    return progress;
  }

  Duration lease() {
    return lease;
  }

  /** Another process holds the lease from now on, or nobody. */
  void holder(@Nullable UUID other) {
    holder = other;
  }

  @Override
  public Optional<Progress> acquire(int versionId, UUID by, Duration forSoLong) {
    if (holder != null && !holder.equals(by)) {
      return Optional.empty();
    }
    holder = by;
    lease = forSoLong;
    return Optional.of(progress);
  }

  @Override
  public boolean keep(int versionId, UUID by, Progress now, Duration forSoLong) {
    if (!by.equals(holder)) {
      return false;
    }
    progress = now;
    lease = forSoLong;
    if (lease.isZero()) {
      holder = null;
    }
    return true;
  }

  private Stream<Row> behind(int priority, Position position) {
    return rows.stream()
        .filter(row -> row.priority == priority && ORDER.compare(row.position, position) > 0)
        .sorted(Comparator.comparing(Row::position, ORDER));
  }

  @Override
  public List<Head> heads(int versionId, List<Position> positions) {
    return IntStream.iterate(PRIORITIES - 1, i -> i >= 0, i -> i - 1)
        .mapToObj(i -> behind(i, positions.get(i)).findFirst().stream())
        .flatMap(head -> head.map(row -> new Head(row.priority, row.readyAt)))
        .toList();
  }

  @Override
  public List<Waiting> next(int versionId, int priority, Position position, int most) {
    return behind(priority, position)
        .limit(most)
        .map(row ->
            new Waiting(
                new Dispatchable(new WaitingJob(row.position.id(), 0, 0, null), false),
                row.position))
        .toList();
  }
}
