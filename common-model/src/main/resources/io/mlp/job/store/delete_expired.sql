-- Walks the key from a job on. A job that is being retried at this
-- moment has no time of expiry any more once it is locked.
with walked as materialized (
  select id, expires_at from job
  where id > :after and id <= :to
  order by id limit :step
), expired as materialized (
  select j.id from walked w join job j on j.id = w.id
  where w.expires_at < now() and j.expires_at < now()
    and not exists (select from live l where l.job_id = j.id)
  order by j.id
  for update of j skip locked
), history as (
  delete from attempt where job_id = any(array(select id from expired))
), deleted as (
  delete from job j using expired e where j.id = e.id returning j.id
)
select (select count(*) from walked) as walked,
       (select count(*) from deleted) as deleted,
       coalesce((select id from walked order by id desc limit 1), :after) as last
