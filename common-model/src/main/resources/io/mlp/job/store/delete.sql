-- Deletes a job that has ended, with its attempts. One that is being retried at this moment is queued by the time that
-- its row can be locked.
with ended as materialized (
  select id from job where id = :id and status <> 'queued' for update
), history as (
  delete from attempt where job_id in (select id from ended)
)
delete from job where id in (select id from ended)
