select job_id from live
where model_version_id = :version and lease_until is null and ready_at <= now()
order by priority desc, turn
offset :skip limit :most
