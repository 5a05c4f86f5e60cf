-- Those that have passed since a while ago. Rows of earlier ones may be dead and there all the same, while an old
-- snapshot is held.
select job_id, model_version_id, fence, lease_until is not null as running from live
where deadline < now() and deadline >= now() - make_interval(secs => :since)
order by deadline limit :most
for update skip locked
