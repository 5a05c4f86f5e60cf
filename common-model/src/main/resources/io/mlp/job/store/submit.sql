-- Stores a group of jobs: one statement, one round trip, one commit. A job that comes with its outputs has succeeded;
-- the others wait.
with submitted as (
  select * from unnest(
    :ids::uuid[], :versions::integer[], :owners::text[], :priorities::smallint[], :sequences::bigint[],
    :maxAttempts::smallint[], :deadlines::timestamptz[], :requestedOutputs::text[], :metadata::text[],
    :inputs::bytea[], :pinned::boolean[], :cachePolicies::text[], :digests::text[],
    :outputs::bytea[], :predictions::text[])
  as s(id, model_version_id, owner, priority, sequence, max_attempts, deadline, requested_outputs, metadata,
       inputs, pinned, cache_policy, model_digest, outputs, predictions)
), stored as (
  insert into job (id, model_version_id, owner, priority, max_attempts, deadline, retention,
                   requested_outputs, metadata, inputs, pinned, cache_policy, status,
                   completed_at, expires_at, model_digest, outputs, predictions,
                   queue_ms, compute_ms, batch_rows, cache_result)
  select id, model_version_id, owner, priority, max_attempts, deadline, kept,
         requested_outputs::jsonb, metadata::jsonb, inputs, pinned, cache_policy,
         case when answered then 'succeeded' else 'queued' end,
         case when answered then now() end, case when answered then now() + kept end,
         model_digest, outputs, predictions::jsonb,
         case when answered then 0 end, case when answered then 0 end,
         case when answered then 0 end, case when answered then 'hit' end
  from submitted,
       lateral (select make_interval(secs => :retention) as kept, outputs is not null as answered) s
), waiting as (
  insert into live (job_id, model_version_id, priority, sequence, owner, max_attempts, ready_at, deadline)
  select id, model_version_id, priority, sequence, owner, max_attempts, now(), deadline
  from submitted
  where outputs is null
)
select now() as created_at, '{}'::uuid[] as duplicates
