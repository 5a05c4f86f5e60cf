-- Running jobs wait again: after an attempt that did not succeed, which is kept with its kind, or as if they had not
-- been claimed, without one.
with returning_job as (
  select * from unnest(
    :ids::uuid[], :fences::integer[], :attempts::smallint[], :poisonCandidates::boolean[],
    :waits::double precision[], :kinds::text[], :details::text[])
  as r(job_id, fence, attempts, poison_candidate, wait, kind, detail)
), held as materialized (
  select r.*, l.worker_id, l.claimed_at
  from returning_job r join live l on l.job_id = r.job_id and l.fence = r.fence
  where l.lease_until is not null
  order by l.job_id
  for update of l
), history as (
  insert into attempt (job_id, fence, worker_id, started_at, kind, detail)
  select job_id, fence, worker_id, claimed_at, kind, detail from held
  where kind is not null
)
update live l
set lease_until = null, worker_id = null, claimed_at = null, isolated = false,
    fence = l.fence + 1, attempts = held.attempts,
    poison_candidate = l.poison_candidate or held.poison_candidate,
    sequence = null, dispatched_at = null,
    ready_at = now() + make_interval(secs => held.wait), dispatch_at = now() + make_interval(secs => held.wait)
from held
where l.job_id = held.job_id
returning l.job_id
