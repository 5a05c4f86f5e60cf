-- Who may call the api. A row is never deleted, because jobs and the audit name keys; a revoked one stays revoked.
create table api_key (
    id           uuid        primary key,           -- UUIDv7
    owner        text        not null check (owner ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
    role         text        not null check (role in ('read', 'submit', 'admin')),
    prefix       text        not null unique check (prefix ~ '^mlp_[0-9A-Za-z]{8}$'), -- what may be shown of the key
    hash         bytea       not null unique check (octet_length(hash) = 32), -- SHA-256 of the whole key
    description  text        check (length(description) <= 200),
    -- Limits; null: those of the settings.
    jobs_per_second  integer check (jobs_per_second between 1 and 1000000),
    reads_per_second integer check (reads_per_second between 1 and 1000000),
    max_in_flight    integer check (max_in_flight >= 1), -- of the whole owner, while this key submits
    models       text[]      check (cardinality(models) between 1 and 100), -- null: all
    created_at   timestamptz not null default now(),
    created_by   text        not null,              -- prefix or name of the key that made it
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz                        -- to the minute
);

-- Which key a job was submitted with: the prefix or the name of one. Null for jobs from before.
alter table job add column submitted_with text;

-- With the key that it was submitted with.
create or replace view job_state as
select j.id, j.model_version_id, v.model, v.version, coalesce(j.model_digest, v.digest) as model_digest,
       case when l.job_id is null then j.status
            when l.lease_until is null then 'queued' else 'running' end as status,
       j.owner, j.priority, coalesce(l.attempts, j.attempts) as attempts, coalesce(l.fence, j.fence) as fence,
       j.created_at, coalesce(l.claimed_at, j.started_at) as started_at, j.completed_at, j.expires_at,
       j.worker, j.metadata, j.queue_ms, j.compute_ms, j.batch_rows, j.cache_result,
       j.failure_kind, j.failure_detail, j.outputs, j.predictions, job_options(j) as options, j.submitted_with
from job j
join model_version v on v.id = j.model_version_id
left join live l on l.job_id = j.id;
