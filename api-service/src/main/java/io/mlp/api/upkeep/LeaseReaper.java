package io.mlp.api.upkeep;

import io.mlp.job.FailureKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Takes jobs back from workers that died or hung: when a lease has run out, by the database's
 * clock, the job is queued again after a backoff as a suspect, which workers run alone. Only a loss
 * while it ran alone spends an attempt, for only then was it surely the job's doing; when that was
 * the last one, the job fails. The fence it was claimed under has no lease any more, so a late
 * record of the lost worker is refused. Any number of replicas may reap side by side.
 */
@Component
class LeaseReaper {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseReaper.class);

  private static final String REAP =
      """
      with lost as materialized (
        select job_id, fence, worker_id, claimed_at, attempts,
               case when alone then attempts else attempts - 1 end as spent,
               alone and attempts >= max_attempts as exhausted
        from live
        where lease_until < now()
        order by job_id limit :batch
        for update skip locked
      ), history as (
        insert into attempt (job_id, fence, worker_id, started_at, kind, detail)
        select job_id, fence, worker_id, claimed_at, :kind, :detail from lost
      ), requeued as (
        update live l
        set lease_until = null, worker_id = null, claimed_at = null,
            suspect = true, alone = false, attempts = lost.spent,
            ready_at = now() + wait.duration, due_at = now() + wait.duration
        from lost,
             lateral (select least(:backoff * power(2, lost.attempts - 1), :maxBackoff)
                             * (0.5 + random() / 2) * interval '1 second' as duration) wait
        where l.job_id = lost.job_id and not lost.exhausted
      ), ended as (
        delete from live l using lost
        where l.job_id = lost.job_id and lost.exhausted
      ), recorded as (
        update job j
        set status = 'failed', failure_kind = :kind, failure_detail = :detail,
            attempts = lost.attempts, fence = lost.fence, started_at = lost.claimed_at,
            completed_at = now(), expires_at = now() + j.retention
        from lost
        where j.id = lost.job_id and lost.exhausted
      )
      select count(*) from lost
      """;

  private final JdbcClient jdbc;
  private final UpkeepSettings settings;
  private final Upkeep upkeep = new Upkeep("Leases are not reaped", LOG);

  LeaseReaper(JdbcClient jdbc, UpkeepSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  @Scheduled(fixedDelayString = "${api.upkeep.interval}")
  void run() {
    upkeep.inBatches(settings.batch(), this::reap);
  }

  /** Takes back up to a batch of jobs, and tells how many. */
  int reap() {
    int lost =
        jdbc.sql(REAP)
            .param("batch", settings.batch())
            .param("kind", FailureKind.WORKER_LOST.text())
            .param("detail", "The worker's lease ran out")
            .param("backoff", settings.backoff().toMillis() / 1000.0)
            .param("maxBackoff", settings.maxBackoff().toMillis() / 1000.0)
            .query(Integer.class)
            .single();
    if (lost > 0) {
      LOG.warn("{} jobs taken back: their worker's lease ran out", lost);
    }
    return lost;
  }
}
