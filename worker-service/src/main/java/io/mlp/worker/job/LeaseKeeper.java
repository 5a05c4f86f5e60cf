package io.mlp.worker.job;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Renews the leases of the jobs that this worker is busy with, on a thread and connection of its
 * own.
 */
@Component
public class LeaseKeeper implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  private static final String RENEW =
      """
      update live l
      set lease_until = now() + make_interval(secs => ?)
      from unnest(?::uuid[], ?::integer[]) as held(job_id, fence)
      where l.job_id = held.job_id and l.fence = held.fence and l.lease_until is not null
      """;

  private final JdbcTemplate jdbc;
  private final JobSettings settings;
  private final Set<ClaimedJob> held = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lease-keeper").daemon().factory());

  LeaseKeeper(@Qualifier("renewals") JdbcTemplate jdbc, JobSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
    long third = settings.lease().toMillis() / 3;
    var _ = thread.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
  }

  /** Keeps the jobs' leases until they are let go. */
  public void hold(Collection<ClaimedJob> jobs) {
    held.addAll(jobs);
  }

  public void letGo(Collection<ClaimedJob> jobs) {
    jobs.forEach(held::remove);
  }

  /** Renews what is held now; most jobs have gone before their lease needs it. */
  void renew() {
    List<ClaimedJob> jobs = List.copyOf(held);
    if (jobs.isEmpty()) {
      return;
    }
    Object[] ids = jobs.stream().map(ClaimedJob::id).toArray(UUID[]::new);
    Object[] fences = jobs.stream().map(ClaimedJob::fence).toArray(Integer[]::new);
    try {
      jdbc.update(
          RENEW,
          statement -> {
            statement.setDouble(1, settings.leaseSeconds());
            statement.setArray(2, statement.getConnection().createArrayOf("uuid", ids));
            statement.setArray(3, statement.getConnection().createArrayOf("integer", fences));
          });
    } catch (RuntimeException e) {
      LOG.warn("{} leases were not renewed: {}", jobs.size(), e.toString());
    }
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}
