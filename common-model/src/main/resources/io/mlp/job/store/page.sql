-- Newest first; of one owner, or of all. No more than so many jobs are looked at. Without the outputs, which may be large.
select id, owner, model, version, model_digest, status, priority, attempts, created_at, started_at, completed_at, expires_at,
       options, queue_ms, compute_ms, batch_rows, cache_result, failure_kind, failure_detail
from (
  (select id from job
   where :owner::text is null and id < :before and id >= :from
   order by id desc limit :scan)
  union all
  (select id from job
   where owner = :owner and uuid_send(id) < uuid_send(:before) and uuid_send(id) >= uuid_send(:from)
   order by uuid_send(id) desc limit :scan)
) scanned join job_state using (id)
where (:model::text is null or model = :model)
  and (:version::integer is null or version = :version)
  and (:status::text is null or status = :status)
order by id desc limit :most
