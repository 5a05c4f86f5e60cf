-- What cancel, retry, suspects and idempotency keys need.

alter table live
    -- Its worker was lost once: from then on it is claimed alone, so that it can take no neighbour along.
    add column suspect boolean not null default false,
    -- It runs with nothing beside it in that process; a loss counts against its attempts only then.
    add column alone   boolean not null default false;

-- The last fence of the job, kept when its row in live goes: a manual retry counts on from it, so a
-- record of before the retry stays late for ever.
alter table job add column fence integer not null default 0;

-- What clients called their submissions, so that one sent twice makes one job. Written by the
-- statement that stores the job.
create table idempotency_key (
    owner       text        not null,
    key         text        not null,
    fingerprint bytea       not null, -- SHA-256 of the request's body
    job_id      uuid        not null,
    expires_at  timestamptz not null,
    primary key (owner, key)
);
create index idempotency_key_expiry on idempotency_key (expires_at);
