select claimed.job_id, claimed.fence
from unnest(:ids::uuid[], :fences::integer[]) as claimed(job_id, fence)
where not exists (
  select from live l
  where l.job_id = claimed.job_id and l.fence = claimed.fence and l.lease_until is not null)
