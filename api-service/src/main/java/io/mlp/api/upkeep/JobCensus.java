package io.mlp.api.upkeep;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Counts unfinished jobs for the metrics, seldom enough that a long backlog costs little. Every
 * replica counts the same rows, so dashboards take the maximum, not the sum.
 */
@Component
class JobCensus {
  private static final Logger LOG = LoggerFactory.getLogger(JobCensus.class);

  private final JdbcClient jdbc;
  private final Clock clock;
  private volatile Census census = new Census(0, 0, Optional.empty());

  private record Census(long queued, long running, Optional<UUID> oldestQueued) {}

  JobCensus(JdbcClient jdbc, Clock clock, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.clock = clock;
    gauge(meters, "queued");
    gauge(meters, "running");
    Gauge.builder("mlp.oldest.queued.seconds", this, JobCensus::oldestQueuedSeconds)
        .description("Age of the job that waits longest")
        .register(meters);
  }

  private void gauge(MeterRegistry meters, String state) {
    Gauge.builder(
            "mlp.jobs.in.state",
            this,
            self -> state.equals("queued") ? self.census.queued : self.census.running)
        .description("Unfinished jobs, counted in the database")
        .tag("state", state)
        .register(meters);
  }

  /** A job's id holds the milliseconds of its birth (UUIDv7). */
  private double oldestQueuedSeconds() {
    return census
        .oldestQueued
        .map(id -> (clock.millis() - (id.getMostSignificantBits() >>> 16)) / 1000.0)
        .orElse(0.0);
  }

  @Scheduled(fixedDelayString = "${api.upkeep.census}")
  void count() {
    try {
      census =
          jdbc.sql(
                  """
                  select count(*) filter (where lease_until is null) as queued,
                         count(lease_until) as running,
                         (select job_id from live where lease_until is null
                          order by job_id limit 1) as oldest
                  from live
                  """)
              .query((row, _) ->
                  new Census(
                      row.getLong("queued"),
                      row.getLong("running"),
                      Optional.ofNullable(row.getObject("oldest", UUID.class))))
              .single();
    } catch (DataAccessException e) {
      LOG.warn("Unfinished jobs are not counted while the database is away: {}", e.toString());
    }
  }
}
