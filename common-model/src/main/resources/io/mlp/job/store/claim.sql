-- Claims the jobs that tickets name, each under the fence that its ticket has for it: a job that has moved on since then
-- is passed over. A poison candidate is claimed only by the one ticket that says so, and runs isolated. What a job asks
-- for is read where its ticket does not bring it along.
with ticket as (
  select * from unnest(:ids::uuid[], :fences::integer[], :known::boolean[]) as t(job_id, fence, known)
), claimed as (
  update live l
  set fence = l.fence + 1, attempts = l.attempts + 1, worker_id = :worker, claimed_at = now(),
      lease_until = now() + make_interval(secs => :lease), isolated = l.poison_candidate
  from ticket t
  where l.job_id = t.job_id and l.fence = t.fence and l.poison_candidate = :isolated
    and l.lease_until is null and l.ready_at <= now() and (l.deadline is null or l.deadline > now())
  returning l.job_id, t.known, l.owner, l.fence, l.attempts, l.max_attempts, l.poison_candidate, l.priority,
            l.claimed_at, l.deadline
)
select c.*, j.created_at, j.inputs, job_options(j) as options
from claimed c left join job j on j.id = case when not c.known then c.job_id end
