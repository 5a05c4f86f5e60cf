select model_version_id, owner,
       count(*) filter (where lease_until is null) as queued,
       count(lease_until) as running,
       count(sequence) filter (where lease_until is null) > 0 as backlogged,
       coalesce(greatest(extract(epoch from
         now() - min(ready_at) filter (where lease_until is null)), 0), 0) as oldest_seconds
from live
where ctid >= :from::tid and ctid < :to::tid
group by model_version_id, owner
