package io.mlp.worker.job;

import io.mlp.job.store.Claim;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.job.store.JobLeases;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/**
 * Renews the leases of the jobs that this worker is busy with, and notices which of them were taken
 * away, on a thread and connection of its own. Most jobs have gone before either concerns them.
 */
@Component
public class LeaseKeeper implements DisposableBean {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  /** What is held for longer is looked up, this often. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final JobLeases leases;
  private final JobSettings settings;
  private final Map<Claim, Held> held = new ConcurrentHashMap<>();
  private final Set<Claim> lost = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lease-keeper").daemon().factory());

  private record Held(ClaimedJob job, long since) {}

  LeaseKeeper(@Qualifier("renewals") JobLeases leases, JobSettings settings) {
    this.leases = leases;
    this.settings = settings;
    long third = settings.lease().toMillis() / 3;
    var _ = thread.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Keeps the jobs' leases until they are let go. */
  public void hold(Collection<ClaimedJob> jobs) {
    long now = System.nanoTime();
    jobs.forEach(job -> held.put(job.claim(), new Held(job, now)));
  }

  public void letGo(Collection<ClaimedJob> jobs) {
    for (ClaimedJob job : jobs) {
      held.remove(job.claim());
      lost.remove(job.claim());
    }
  }

  /** The jobs whose leases are kept. */
  public List<ClaimedJob> held() {
    return held.values().stream().map(Held::job).toList();
  }

  /**
   * Whether a job that is held was found to be nobody's or another's: canceled, expired or reaped.
   */
  public boolean lost(ClaimedJob job) {
    return lost.contains(job.claim());
  }

  void renew() {
    List<Claim> claims = List.copyOf(held.keySet());
    if (claims.isEmpty()) {
      return;
    }
    try {
      leases.renew(claims, settings.lease());
    } catch (RuntimeException e) {
      OUTAGE.failed(e);
    }
  }

  void look() {
    long now = System.nanoTime();
    List<Claim> claims =
        held.entrySet().stream()
            .filter(entry -> now - entry.getValue().since > LOOK.toNanos())
            .map(Map.Entry::getKey)
            .filter(claim -> !lost.contains(claim))
            .toList();
    if (claims.isEmpty()) {
      return;
    }
    try {
      leases.lost(claims).forEach(this::lose);
    } catch (RuntimeException e) {
      OUTAGE.failed(e);
    }
  }

  /** Remembers it until it is let go, which it may have been meanwhile. */
  private void lose(Claim claim) {
    lost.add(claim);
    if (!held.containsKey(claim)) {
      lost.remove(claim);
    }
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}
