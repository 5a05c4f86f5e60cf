-- Claims the best jobs that wait for a model version. If the first of them is a suspect, only that one is claimed,
-- otherwise no suspect is.
with best as materialized (
  select job_id, priority, turn, suspect from live
  where model_version_id = :version and lease_until is null and ready_at <= now()
    and (deadline is null or deadline > now())
  order by priority desc, turn
  limit :most
  for update skip locked
), claimed as (
  update live l
  set fence = fence + 1, attempts = attempts + 1, worker_id = :worker,
      claimed_at = now(), lease_until = now() + make_interval(secs => :lease)
  from best
  where l.job_id = best.job_id and coalesce(
    best.job_id = (select case when suspect then job_id end from best
                   order by priority desc, turn, job_id limit 1),
    not best.suspect)
  returning l.job_id, l.fence, l.attempts, l.max_attempts, l.suspect, l.priority, l.claimed_at,
            l.deadline
)
select c.*, j.created_at, j.inputs, j.requested_outputs, j.cache_policy, j.metadata
from claimed c join job j on j.id = c.job_id
