-- The versions of jobs that want a ticket since a while ago, and when the first of each wanted it. Rows of earlier ones
-- may be dead and there all the same, while an old snapshot is held.
select now() as asked, array_agg(model_version_id) as versions, array_agg(first) as firsts
from (
  select model_version_id, min(dispatch_at) as first
  from live
  where dispatch_at > :since and dispatch_at <= now() and lease_until is null
  group by model_version_id
) due
