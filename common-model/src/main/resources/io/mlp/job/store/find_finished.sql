-- Outputs and predictions come only together, and if both are small: there may be many jobs.
select id, owner, model, version, model_digest, status, priority, attempts, created_at, started_at, completed_at, expires_at,
       options, queue_ms, compute_ms, batch_rows, cache_result, failure_kind, failure_detail,
       octet_length(outputs) as output_bytes,
       case when small then outputs end as outputs, case when small then predictions end as predictions
from job_state,
     lateral (select octet_length(outputs) <= :small
                     and coalesce(pg_column_size(predictions), 0) <= :small as small) s
where id = any(:ids) and status not in ('queued', 'running')
