-- Stores a group of jobs: one statement, one round trip, one commit. A job that comes with its outputs has succeeded;
-- the others wait. Where an idempotency key is taken, its job is not stored. Keys are taken in their order, so that two
-- committers with the same ones wait for one another and not both.
with submitted as (
  select * from unnest(
    :ids::uuid[], :versions::integer[], :owners::text[], :priorities::smallint[], :sequences::bigint[],
    :maxAttempts::smallint[], :deadlines::timestamptz[], :options::jsonb[],
    :inputs::bytea[], :pinned::boolean[], :digests::text[],
    :outputs::bytea[], :predictions::text[], :keys::text[], :fingerprints::text[], :submittedWith::text[])
  as s(id, model_version_id, owner, priority, sequence, max_attempts, deadline, options,
       inputs, pinned, model_digest, outputs, predictions, key, fingerprint, submitted_with)
), named as (
  insert into idempotency_key (owner, key, fingerprint, job_id, expires_at)
  select owner, key, decode(fingerprint, 'hex'), id, now() + make_interval(secs => :keyRetention)
  from submitted
  where key is not null
  order by owner, key
  on conflict do nothing
  returning job_id
), accepted as not materialized (
  select * from submitted where key is null or id in (select job_id from named)
), stored as (
  insert into job (id, model_version_id, owner, priority, max_attempts, deadline, retention,
                   requested_outputs, cache_policy, metadata, inputs, pinned, status,
                   completed_at, expires_at, model_digest, outputs, predictions,
                   queue_ms, compute_ms, batch_rows, cache_result, submitted_with, traceparent)
  select id, model_version_id, owner, priority, max_attempts, deadline, kept,
         options -> 'outputs', options ->> 'cache', options -> 'metadata', inputs, pinned,
         case when answered then 'succeeded' else 'queued' end,
         case when answered then now() end, case when answered then now() + kept end,
         model_digest, outputs, predictions::jsonb,
         case when answered then 0 end, case when answered then 0 end,
         case when answered then 0 end, case when answered then 'hit' end, submitted_with,
         options ->> 'traceparent'
  from accepted,
       lateral (select make_interval(secs => :retention) as kept, outputs is not null as answered) s
), waiting as (
  insert into live (job_id, model_version_id, priority, sequence, owner, max_attempts, ready_at, deadline,
                    input_bytes, traceparent)
  select id, model_version_id, priority, sequence, owner, max_attempts, now(), deadline, octet_length(inputs),
         options ->> 'traceparent'
  from accepted
  where outputs is null
)
select now() as created_at, array(
  select id from submitted
  where key is not null and id not in (select job_id from named)) as duplicates
