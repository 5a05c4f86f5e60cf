package io.mlp.api.dispatch;

import io.mlp.job.store.Backlog;
import io.mlp.job.store.Backlog.Progress;
import io.mlp.job.store.Backlog.Waiting;
import io.mlp.job.store.Dispatchable;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Takes jobs from backlogs in their order, of those whose lease this replica holds. It holds one
 * from the first job that it looks for until all tickets that it sent are settled.
 *
 * <p>Only the dispatcher's thread uses it.
 */
@Component
class BacklogDispatch {
  /** How long a backlog stands still whose replica died. */
  private static final Duration LEASE = Duration.ofSeconds(3);

  private static final Duration TELLING = Duration.ofSeconds(1);

  private final Backlog backlog;
  private final Duration settlesAfter;
  private final LongSupplier nanoTime;
  private final UUID replica = UUID.randomUUID();
  private final Map<Integer, HeldBacklog> held = new HashMap<>();

  /** When a lease was asked for in vain. */
  private final Map<Integer, Long> askedAt = new HashMap<>();

  @Autowired
  BacklogDispatch(Backlog backlog, DispatchSettings settings) {
    this(backlog, settings, System::nanoTime);
  }

  BacklogDispatch(Backlog backlog, DispatchSettings settings, LongSupplier nanoTime) {
    this.backlog = backlog;
    this.settlesAfter = settings.redispatchAfter();
    this.nanoTime = nanoTime;
  }

  /**
   * What was taken.
   *
   * @param done whether nothing was left, as far as this replica may look
   */
  record Taken(List<Dispatchable> jobs, boolean done) {
    private static final Taken BY_OTHERS = new Taken(List.of(), false);
  }

  /** The next jobs of a version's backlog that get tickets, unless another replica sends them. */
  Taken next(int versionId, int most) {
    Optional<HeldBacklog> mine = acquire(versionId);
    if (mine.isEmpty()) {
      return Taken.BY_OTHERS;
    }
    List<Waiting> next = mine.get().next(backlog, versionId, most);
    if (!keep(versionId, mine.get(), next.isEmpty())) {
      held.remove(versionId);
      return Taken.BY_OTHERS;
    }
    return new Taken(next.stream().map(Waiting::job).toList(), next.size() < most);
  }

  private Optional<HeldBacklog> acquire(int versionId) {
    HeldBacklog mine = held.get(versionId);
    long now = nanoTime.getAsLong();
    if (mine != null
        || now - askedAt.getOrDefault(versionId, now - 2 * TELLING.toNanos()) < TELLING.toNanos()) {
      return Optional.ofNullable(mine);
    }
    Optional<Progress> progress = backlog.acquire(versionId, replica, LEASE);
    if (progress.isEmpty()) {
      askedAt.put(versionId, now);
      return Optional.empty();
    }
    askedAt.remove(versionId);
    HeldBacklog begun = new HeldBacklog(progress.get(), TELLING, settlesAfter, now);
    held.put(versionId, begun);
    return Optional.of(begun);
  }

  /** Whether it is still this replica's, so that what was taken may be sent. */
  private boolean keep(int versionId, HeldBacklog mine, boolean idle) {
    long now = nanoTime.getAsLong();
    if (!mine.mustTell(now)) {
      return true;
    }
    Progress progress = mine.progress(now);
    boolean settled = idle && mine.settledBy(progress);
    boolean kept = backlog.keep(versionId, replica, progress, settled ? Duration.ZERO : LEASE);
    mine.told(progress, now);
    if (settled) {
      held.remove(versionId);
    }
    return kept;
  }

  /** Those whose lease this replica holds. */
  Set<Integer> held() {
    return Set.copyOf(held.keySet());
  }

  /**
   * Begins anew with these versions, where their tickets are settled.
   *
   * @return those that this replica held
   */
  Set<Integer> letGo(Set<Integer> versions) {
    Set<Integer> mine = new HashSet<>(versions);
    mine.retainAll(held.keySet());
    held.keySet().removeAll(mine);
    return mine;
  }
}
