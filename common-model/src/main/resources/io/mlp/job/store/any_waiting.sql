select exists (
  select from live
  where model_version_id = :version and lease_until is null and ready_at <= now())
