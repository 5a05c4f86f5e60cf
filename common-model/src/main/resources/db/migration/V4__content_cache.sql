-- What the content cache needs: answers kept in Redis by what was asked.

-- How long answers are kept where model.yaml says so. Null: a job uses the cache only if it asks to.
alter table model_version add column cache_seconds integer;

-- The checks hold for new rows; the old ones have nulls and are not read through.
alter table job
    add column cache_policy text, -- null: the job bypasses the cache
    add column cache_result text, -- null until the outcome is recorded, or for ever if it bypasses
    add constraint job_cache_policy_check
        check (cache_policy in ('use', 'refresh')) not valid,
    add constraint job_cache_result_check
        check (cache_result in ('hit', 'collapsed', 'miss')) not valid;
