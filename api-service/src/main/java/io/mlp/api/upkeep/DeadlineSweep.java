package io.mlp.api.upkeep;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Ends jobs whose deadline has passed, waiting or running, whether or not any worker lives. What a
 * worker still records of such a job is refused, for its row in {@code live} is gone.
 */
@Component
class DeadlineSweep {
  private static final Logger LOG = LoggerFactory.getLogger(DeadlineSweep.class);

  private static final String SWEEP =
      """
      with passed as materialized (
        select job_id, fence, attempts, worker_id, claimed_at, lease_until from live
        where deadline < now()
        order by deadline limit :batch
        for update skip locked
      ), ended as (
        delete from live l using passed where l.job_id = passed.job_id
      ), history as (
        insert into attempt (job_id, fence, worker_id, started_at, kind, detail)
        select job_id, fence, worker_id, claimed_at, 'expired', 'The job''s deadline passed'
        from passed
        where lease_until is not null
      ), recorded as (
        update job j
        set status = 'expired', attempts = passed.attempts, started_at = passed.claimed_at,
            fence = passed.fence,
            worker = (select name from worker w where w.id = passed.worker_id),
            completed_at = now(), expires_at = now() + j.retention
        from passed
        where j.id = passed.job_id
      )
      select count(*) from passed
      """;

  private final JdbcClient jdbc;
  private final UpkeepSettings settings;
  private final Upkeep upkeep = new Upkeep("Deadlines are not kept", LOG);

  DeadlineSweep(JdbcClient jdbc, UpkeepSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  @Scheduled(fixedDelayString = "${api.upkeep.interval}")
  void run() {
    upkeep.inBatches(settings.batch(), this::sweep);
  }

  /** Ends up to a batch of jobs, and tells how many. */
  int sweep() {
    return jdbc.sql(SWEEP).param("batch", settings.batch()).query(Integer.class).single();
  }
}
