-- In some pages: jobs whose lease has run out by this server's clock, and those whose deadline has passed.
select job_id, model_version_id, fence, attempts, max_attempts, isolated, lease_until is not null as running,
       coalesce(deadline < now(), false) as expired
from live
where ctid >= :from::tid and ctid < :to::tid and (lease_until < now() or deadline < now())
order by job_id limit :most
for update skip locked
