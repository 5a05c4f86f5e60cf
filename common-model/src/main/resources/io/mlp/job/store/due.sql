-- The versions of jobs that want a ticket by now, and when the first of those wanted it. Rows of earlier ones may be
-- dead and there all the same, while an old snapshot is held.
select array_agg(distinct model_version_id) as versions, coalesce(min(dispatch_at), now()) as first
from live
where dispatch_at > :since and dispatch_at <= now() and lease_until is null
