-- The trace that a job belongs to, as the header traceparent of W3C Trace Context; null for most jobs. A job has it from its
-- submission to its end, whatever becomes of its tickets: in live for who sends these, in job for who runs it and who asks.
alter table job add column traceparent text;
alter table live add column traceparent text;

create or replace function job_options(job) returns jsonb language sql stable
return nullif(jsonb_strip_nulls(jsonb_build_object(
    'outputs', $1.requested_outputs, 'cache', $1.cache_policy, 'metadata', $1.metadata,
    'traceparent', $1.traceparent)), '{}');

create or replace view job_state as
select j.id, j.model_version_id, v.model, v.version, coalesce(j.model_digest, v.digest) as model_digest,
       case when l.job_id is null then j.status
            when l.lease_until is null then 'queued' else 'running' end as status,
       j.owner, j.priority, coalesce(l.attempts, j.attempts) as attempts, coalesce(l.fence, j.fence) as fence,
       j.created_at, coalesce(l.claimed_at, j.started_at) as started_at, j.completed_at, j.expires_at,
       j.worker, j.metadata, j.queue_ms, j.compute_ms, j.batch_rows, j.cache_result,
       j.failure_kind, j.failure_detail, j.outputs, j.predictions, job_options(j) as options, j.submitted_with,
       substr(j.traceparent, 4, 32) as trace_id
from job j
join model_version v on v.id = j.model_version_id
left join live l on l.job_id = j.id;

create or replace view reporting.job as
select id, model, version, model_digest, status, owner, priority, attempts, created_at, started_at, completed_at, expires_at,
       worker, queue_ms, compute_ms, batch_rows, cache_result, failure_kind, failure_detail, predictions, trace_id
from job_state;
comment on column reporting.job.trace_id is 'The trace that it belongs to, if it is traced or its client named one; null for most.';
