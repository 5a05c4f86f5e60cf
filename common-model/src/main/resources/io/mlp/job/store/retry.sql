-- Makes a job that has ended as new but for its past: it counts on from its last fence, so that no record of before is
-- taken for one of after, and stays a poison candidate if it ever lost a worker. Jobs that ended before fences were kept have
-- theirs in the attempts that failed.
with again as (
  update job
  set status = 'queued', attempts = 0, started_at = null, completed_at = null,
      expires_at = null, deadline = null, worker = null, model_digest = null,
      queue_ms = null, compute_ms = null, batch_rows = null, outputs = null,
      predictions = null, failure_kind = null, failure_detail = null
  where id = :id and status in ('failed', 'canceled', 'expired') and expires_at > now()
  returning id, model_version_id, priority, owner, max_attempts, fence, octet_length(inputs) as input_bytes,
            traceparent
), past as (
  select coalesce(max(fence), 0) as fence,
         coalesce(bool_or(kind = 'worker_lost'), false) as lost_worker
  from attempt where job_id = :id
)
insert into live (job_id, model_version_id, priority, sequence, owner, max_attempts, fence,
                  poison_candidate, ready_at, dispatch_at, input_bytes, traceparent)
select id, model_version_id, priority, :sequence::bigint, owner, max_attempts,
       greatest(again.fence, past.fence) + 1, past.lost_worker, now(),
       case when :sequence::bigint is null and past.lost_worker then now() end, input_bytes, traceparent
from again, past
returning job_id, fence, input_bytes, traceparent
