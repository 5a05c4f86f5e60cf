-- Of that owner, if one is named. Outputs come if they are small, predictions unless there are too many to show. Sizes are known without the values.
select id, owner, model, version, model_digest, status, priority, attempts, created_at, started_at, completed_at, expires_at,
       options, queue_ms, compute_ms, batch_rows, cache_result, failure_kind, failure_detail,
       octet_length(outputs) as output_bytes,
       case when octet_length(outputs) <= :small then outputs end as outputs,
       case when pg_column_size(predictions) <= :shown then predictions end as predictions
from job_state where id = :id and (:owner::text is null or owner = :owner)
