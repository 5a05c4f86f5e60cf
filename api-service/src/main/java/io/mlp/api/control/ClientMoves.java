package io.mlp.api.control;

import io.mlp.job.JobStatus;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The moves that clients make, one statement each, so that of two at a time one is made. */
@Component
class ClientMoves {
  /**
   * Takes the row in {@code live} away, as whatever ends a job does: who comes second finds none.
   * What the worker of a running job still records is refused for the same reason.
   */
  private static final String CANCEL =
      """
      with canceled as (
        delete from live where job_id = :id
        returning job_id, fence, attempts, worker_id, claimed_at, lease_until
      ), history as (
        insert into attempt (job_id, fence, worker_id, started_at, kind, detail)
        select job_id, fence, worker_id, claimed_at, 'canceled', 'Its client canceled the job'
        from canceled
        where lease_until is not null
      )
      update job j
      set status = 'canceled', attempts = c.attempts, started_at = c.claimed_at, fence = c.fence,
          worker = (select name from worker w where w.id = c.worker_id),
          completed_at = now(), expires_at = now() + j.retention
      from canceled c
      where j.id = c.job_id
      """;

  private static final String STANDING =
      """
      select case when l.job_id is null then j.status
                  when l.lease_until is null then 'queued' else 'running' end as status
      from job j
      left join live l on l.job_id = j.id
      where j.id = :id
      """;

  private final JdbcClient jdbc;

  ClientMoves(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Where the job stands; empty if there is none. */
  Optional<JobStatus> standing(UUID id) {
    return jdbc.sql(STANDING)
        .param("id", id)
        .query((row, _) -> JobStatus.of(row.getString("status")).orElseThrow())
        .optional();
  }

  /** Whether the job was unfinished, and is canceled now. */
  boolean cancel(UUID id) {
    return jdbc.sql(CANCEL).param("id", id).update() == 1;
  }
}
