-- Retired versions that jobs wait for.
select id from model_version v
where retired_at is not null and exists (
  select from live where model_version_id = v.id and lease_until is null)
