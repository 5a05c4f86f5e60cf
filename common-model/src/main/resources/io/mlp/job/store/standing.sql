select model_version_id, priority, owner, status, fence, expires_at <= now() as expired
from job_state
where id = :id and (:owner::text is null or owner = :owner)
