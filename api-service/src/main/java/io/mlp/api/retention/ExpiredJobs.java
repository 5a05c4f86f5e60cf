package io.mlp.api.retention;

import io.mlp.job.JobIds;
import java.time.Clock;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Deletes finished jobs whose time is over, with their attempts. No index tells which they are, for
 * it would make every record dearer; but ids sort by age, so it walks the key from the oldest job
 * on, up to the first that is too young to have expired, and begins anew.
 *
 * <p>While most of what it finds may go, it goes on without a pause; jobs that are old but
 * unfinished cost one step at a time. Any number of replicas may walk side by side.
 */
@Component
class ExpiredJobs {
  private static final Logger LOG = LoggerFactory.getLogger(ExpiredJobs.class);
  private static final UUID BEGINNING = new UUID(0, 0);

  /**
   * A job that is being retried at this moment has no time of expiry any more once it is locked.
   */
  private static final String DELETE =
      """
      with walked as materialized (
        select id, expires_at from job
        where id > :after and id < :young
        order by id limit :step
      ), expired as materialized (
        select j.id from walked w join job j on j.id = w.id
        where w.expires_at < now() and j.expires_at < now()
          and not exists (select from live l where l.job_id = j.id)
        order by j.id
        for update of j skip locked
      ), history as (
        delete from attempt where job_id = any(array(select id from expired))
      ), deleted as (
        delete from job j using expired e where j.id = e.id returning j.id
      )
      select (select count(*) from walked) as walked,
             (select count(*) from deleted) as deleted,
             coalesce((select id from walked order by id desc limit 1), :after) as last
      """;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final RetentionSettings settings;

  /** The job that was looked at last; only the one thread that walks uses it. */
  private UUID last = BEGINNING;

  ExpiredJobs(JdbcClient jdbc, Clock clock, RetentionSettings settings) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.settings = settings;
  }

  private record Step(int walked, int deleted, UUID last) {}

  @Scheduled(fixedDelayString = "${api.retention.interval}")
  void run() {
    try {
      while (step() * 2 > settings.step()) {
        // Most of them could go, so the next ones are looked at, too.
      }
    } catch (DataAccessException e) {
      LOG.warn("Expired jobs are not deleted while the database is away: {}", e.toString());
    }
  }

  /** Looks at the next jobs, deletes those that have expired, and tells how many. */
  int step() {
    Step step =
        jdbc.sql(DELETE)
            .param("after", last)
            .param("young", JobIds.leastAt(clock.instant().minus(settings.jobs())))
            .param("step", settings.step())
            .query((row, _) ->
                new Step(
                    row.getInt("walked"), row.getInt("deleted"), row.getObject("last", UUID.class)))
            .single();
    last = step.walked < settings.step() ? BEGINNING : step.last;
    return step.deleted;
  }
}
