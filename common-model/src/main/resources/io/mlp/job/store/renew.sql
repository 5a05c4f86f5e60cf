-- What somebody else has locked he is about to end or take: nothing to wait for.
with held as materialized (
  select l.job_id
  from unnest(:ids::uuid[], :fences::integer[]) as claimed(job_id, fence)
  join live l on l.job_id = claimed.job_id and l.fence = claimed.fence
  where l.lease_until is not null
  order by l.job_id
  for update of l skip locked
)
update live l
set lease_until = now() + make_interval(secs => :lease)
from held
where l.job_id = held.job_id
