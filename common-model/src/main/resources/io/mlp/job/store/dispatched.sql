-- Tickets of these jobs were sent. Another one is wanted when a job has waited for as long again, so that few are sent
-- in vain where no worker comes.
update live l
set due_at = now() + greatest(make_interval(secs => :least),
                              least(now() - l.ready_at, make_interval(secs => :most)))
from unnest(:ids::uuid[], :fences::integer[]) as sent(job_id, fence)
where l.job_id = sent.job_id and l.fence = sent.fence and l.lease_until is null
