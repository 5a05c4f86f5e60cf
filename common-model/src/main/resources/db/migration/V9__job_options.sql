-- What a client may say of a job beside its inputs, as one, whatever columns it is stored in; null if it said nothing.
create function job_options(job) returns jsonb language sql stable
return nullif(jsonb_strip_nulls(jsonb_build_object(
    'outputs', $1.requested_outputs, 'cache', $1.cache_policy, 'metadata', $1.metadata)), '{}');

create or replace view job_state as
select j.id, j.model_version_id, v.model, v.version, coalesce(j.model_digest, v.digest) as model_digest,
       case when l.job_id is null then j.status
            when l.lease_until is null then 'queued' else 'running' end as status,
       j.owner, j.priority, coalesce(l.attempts, j.attempts) as attempts, coalesce(l.fence, j.fence) as fence,
       j.created_at, coalesce(l.claimed_at, j.started_at) as started_at, j.completed_at, j.expires_at,
       j.worker, j.metadata, j.queue_ms, j.compute_ms, j.batch_rows, j.cache_result,
       j.failure_kind, j.failure_detail, j.outputs, j.predictions, job_options(j) as options
from job j
join model_version v on v.id = j.model_version_id
left join live l on l.job_id = j.id;
