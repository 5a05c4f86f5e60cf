-- Of one version. Their tickets are sent once this is committed; if they are not, the jobs seem to have lost them.
with due as materialized (
  select job_id from live
  where dispatch_at >= :since and dispatch_at <= now() and model_version_id = :version
    and lease_until is null
  order by priority desc, dispatch_at limit :most
  for update skip locked
)
update live l
set dispatch_at = null, dispatched_at = now()
from due where l.job_id = due.job_id
returning l.job_id, l.fence, l.poison_candidate, l.input_bytes, l.traceparent
