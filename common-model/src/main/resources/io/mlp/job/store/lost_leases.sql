-- Leases that have run out by this server's clock.
select job_id, fence, attempts, max_attempts, alone from live
where lease_until < now()
order by job_id limit :most
for update skip locked
