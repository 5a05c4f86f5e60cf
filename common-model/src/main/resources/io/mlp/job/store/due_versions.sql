-- Model versions with a job that waits and wants a ticket by now.
select id from model_version v
where retired_at is null and exists (
  select from live
  where model_version_id = v.id
    and lease_until is null and ready_at <= now() and due_at <= now())
