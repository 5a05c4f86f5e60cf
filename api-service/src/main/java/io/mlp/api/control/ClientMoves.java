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

  /**
   * Makes the job as new but for its past: it counts on from its last fence, so that no record of
   * before is taken for one of after, and stays a suspect if it ever lost a worker. Jobs that ended
   * before fences were kept have theirs in the attempts that failed.
   */
  private static final String RETRY =
      """
      with again as (
        update job
        set status = 'queued', attempts = 0, started_at = null, completed_at = null,
            expires_at = null, deadline = null, worker = null, model_digest = null,
            queue_ms = null, compute_ms = null, batch_rows = null, outputs = null,
            predictions = null, failure_kind = null, failure_detail = null
        where id = :id and status in ('failed', 'canceled', 'expired') and expires_at > now()
        returning id, model_version_id, priority, owner, max_attempts, fence
      ), past as (
        select coalesce(max(fence), 0) as fence,
               coalesce(bool_or(kind = 'worker_lost'), false) as lost_worker
        from attempt where job_id = :id
      )
      insert into live (job_id, model_version_id, priority, turn, owner, max_attempts, fence,
                        suspect, ready_at, due_at)
      select id, model_version_id, priority, :turn, owner, max_attempts,
             greatest(again.fence, past.fence), past.lost_worker, now(),
             now() + make_interval(secs => :dueInSeconds)
      from again, past
      """;

  private static final String STANDING =
      """
      select j.model_version_id, j.priority, j.owner,
             case when l.job_id is null then j.status
                  when l.lease_until is null then 'queued' else 'running' end as status,
             j.expires_at <= now() as expired
      from job j
      left join live l on l.job_id = j.id
      where j.id = :id
      """;

  private final JdbcClient jdbc;

  ClientMoves(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Where a job stands.
   *
   * @param expired whether the time is over for which it is kept after its end
   */
  record Standing(int versionId, int priority, String owner, JobStatus status, boolean expired) {}

  /** Empty if there is no such job. */
  Optional<Standing> standing(UUID id) {
    return jdbc.sql(STANDING)
        .param("id", id)
        .query((row, _) ->
            new Standing(
                row.getInt("model_version_id"),
                row.getInt("priority"),
                row.getString("owner"),
                JobStatus.of(row.getString("status")).orElseThrow(),
                row.getBoolean("expired")))
        .optional();
  }

  /** Whether the job was unfinished, and is canceled now. */
  boolean cancel(UUID id) {
    return jdbc.sql(CANCEL).param("id", id).update() == 1;
  }

  /**
   * Whether the job had ended without a result, was still kept, and waits again now.
   *
   * @param dueInSeconds when it wants a ticket
   */
  boolean retry(UUID id, long turn, double dueInSeconds) {
    return jdbc.sql(RETRY)
            .param("id", id)
            .param("turn", turn)
            .param("dueInSeconds", dueInSeconds)
            .update()
        == 1;
  }
}
