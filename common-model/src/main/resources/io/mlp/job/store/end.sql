-- Ends jobs, whoever does it and however they end. The row in live goes, so a second end finds none. A job is ended
-- only under the fence that it was seen with: a later one says that it moved on meanwhile.
with ending as (
  select * from unnest(
    :ids::uuid[], :fences::integer[], :running::boolean[], :statuses::text[], :outputs::bytea[],
    :predictions::text[], :kinds::text[], :details::text[], :computeMillis::double precision[],
    :batchRows::integer[], :cacheResults::text[])
  as e(job_id, fence, running, status, outputs, predictions, kind, detail, compute_ms, batch_rows, cache_result)
), ended as (
  delete from live l using ending e
  where l.job_id = e.job_id and l.fence = e.fence and (l.lease_until is not null) = e.running
  returning l.job_id, l.fence, l.attempts, l.claimed_at, l.worker_id
), history as (
  insert into attempt (job_id, fence, worker_id, started_at, kind, detail)
  select l.job_id, l.fence, l.worker_id, l.claimed_at, coalesce(e.kind, e.status), e.detail
  from ended l join ending e on e.job_id = l.job_id
  where e.running and e.status <> 'succeeded'
)
update job j
set status = e.status, attempts = l.attempts, fence = l.fence + 1, started_at = l.claimed_at,
    completed_at = now(), expires_at = now() + j.retention, model_digest = :digest,
    worker = coalesce(:worker, (select name from worker w where w.id = l.worker_id)),
    queue_ms = extract(epoch from l.claimed_at - j.created_at) * 1000,
    compute_ms = e.compute_ms, batch_rows = e.batch_rows, cache_result = e.cache_result,
    outputs = e.outputs, predictions = e.predictions::jsonb,
    failure_kind = e.kind, failure_detail = case when e.kind is not null then e.detail end
from ended l join ending e on e.job_id = l.job_id
where j.id = l.job_id
returning j.id, j.completed_at, j.expires_at
