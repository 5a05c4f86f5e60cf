-- In some pages: jobs that wait though their ticket should have been used by now want another one. The next is wanted
-- when a job has waited for as long again, so that few are sent in vain where no worker comes. The tickets of the
-- versions that are named are lost. What is settled comes along, ten numbers for each version: dead rows of backlog
-- would be stepped over once for each row here.
with waiting as materialized (
  select l.job_id
  from live l
  join model_version v on v.id = l.model_version_id and v.retired_at is null
  cross join lateral (select coalesce(l.dispatched_at, l.ready_at) as sent) t
  where l.ctid >= :from::tid and l.ctid < :to::tid and l.lease_until is null and l.ready_at <= now()
    and case
      when l.sequence is not null then l.sequence <= (:settled::bigint[])[
        10 * (array_position(:versions::integer[], l.model_version_id) - 1) + l.priority + 1]
      when l.dispatch_at is not null then l.dispatch_at < now() - interval '1 minute'
      else l.model_version_id = any(:lost)
        or now() - t.sent > greatest(make_interval(secs => :least),
                                     least(t.sent - l.ready_at, make_interval(secs => :most)))
    end
  for update of l skip locked
)
update live l
set sequence = null, dispatch_at = now()
from waiting w where l.job_id = w.job_id
