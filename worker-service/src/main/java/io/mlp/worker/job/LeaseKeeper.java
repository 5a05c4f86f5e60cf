package io.mlp.worker.job;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.stereotype.Component;

/**
 * Renews the leases of the jobs that this worker is busy with, and notices which of them were taken
 * away, on a thread and connection of its own. Most jobs have gone before either concerns them.
 */
@Component
public class LeaseKeeper implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  /** What is held for longer is looked up, this often. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** What somebody else has locked he is about to end or take: nothing to wait for. */
  private static final String RENEW =
      """
      with held as materialized (
        select l.job_id
        from unnest(?::uuid[], ?::integer[]) as claimed(job_id, fence)
        join live l on l.job_id = claimed.job_id and l.fence = claimed.fence
        where l.lease_until is not null
        order by l.job_id
        for update of l skip locked
      )
      update live l
      set lease_until = now() + make_interval(secs => ?)
      from held
      where l.job_id = held.job_id
      """;

  private static final String LOST =
      """
      select claimed.job_id, claimed.fence
      from unnest(?::uuid[], ?::integer[]) as claimed(job_id, fence)
      where not exists (
        select from live l
        where l.job_id = claimed.job_id and l.fence = claimed.fence and l.lease_until is not null)
      """;

  private final JdbcTemplate jdbc;
  private final JobSettings settings;
  private final Map<Claim, Held> held = new ConcurrentHashMap<>();
  private final Set<Claim> lost = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lease-keeper").daemon().factory());

  private record Claim(UUID job, int fence) {
    static Claim of(ClaimedJob job) {
      return new Claim(job.id(), job.fence());
    }
  }

  private record Held(ClaimedJob job, long since) {}

  LeaseKeeper(@Qualifier("renewals") JdbcTemplate jdbc, JobSettings settings) {
    this.jdbc = jdbc;
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
    jobs.forEach(job -> held.put(Claim.of(job), new Held(job, now)));
  }

  public void letGo(Collection<ClaimedJob> jobs) {
    for (ClaimedJob job : jobs) {
      held.remove(Claim.of(job));
      lost.remove(Claim.of(job));
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
    return lost.contains(Claim.of(job));
  }

  void renew() {
    List<Claim> claims = List.copyOf(held.keySet());
    if (claims.isEmpty()) {
      return;
    }
    try {
      jdbc.update(
          RENEW,
          statement -> {
            setClaims(claims).setValues(statement);
            statement.setDouble(3, settings.leaseSeconds());
          });
    } catch (RuntimeException e) {
      LOG.warn("{} leases were not renewed: {}", claims.size(), e.toString());
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
      jdbc.query(
              LOST,
              setClaims(claims),
              (row, _) -> new Claim(row.getObject("job_id", UUID.class), row.getInt("fence")))
          .forEach(this::lose);
    } catch (RuntimeException e) {
      LOG.warn("{} jobs were not looked up: {}", claims.size(), e.toString());
    }
  }

  /** Remembers it until it is let go, which it may have been meanwhile. */
  private void lose(Claim claim) {
    lost.add(claim);
    if (!held.containsKey(claim)) {
      lost.remove(claim);
    }
  }

  private static PreparedStatementSetter setClaims(List<Claim> claims) {
    Object[] ids = claims.stream().map(Claim::job).toArray(UUID[]::new);
    Object[] fences = claims.stream().map(Claim::fence).toArray(Integer[]::new);
    return statement -> {
      statement.setArray(1, statement.getConnection().createArrayOf("uuid", ids));
      statement.setArray(2, statement.getConnection().createArrayOf("integer", fences));
    };
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}
