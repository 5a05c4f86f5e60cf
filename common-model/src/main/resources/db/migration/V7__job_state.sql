-- A job as it is at this moment, for the api, for dashboards and for people: a job that has a row in live has not
-- ended, and what is known of it so far is there.
create view job_state as
select j.id, j.model_version_id, v.model, v.version, coalesce(j.model_digest, v.digest) as model_digest,
       case when l.job_id is null then j.status
            when l.lease_until is null then 'queued' else 'running' end as status,
       j.owner, j.priority, coalesce(l.attempts, j.attempts) as attempts, coalesce(l.fence, j.fence) as fence,
       j.created_at, coalesce(l.claimed_at, j.started_at) as started_at, j.completed_at, j.expires_at,
       j.worker, j.metadata, j.queue_ms, j.compute_ms, j.batch_rows, j.cache_result,
       j.failure_kind, j.failure_detail, j.outputs, j.predictions
from job j
join model_version v on v.id = j.model_version_id
left join live l on l.job_id = j.id;
