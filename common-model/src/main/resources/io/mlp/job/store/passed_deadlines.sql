select job_id, fence, lease_until is not null as running from live
where deadline < now()
order by deadline limit :most
for update skip locked
