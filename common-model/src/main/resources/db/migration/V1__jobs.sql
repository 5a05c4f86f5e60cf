-- One schema, one owner: the api (or its one-shot `migrate`) runs these files, the worker only uses
-- the tables. A file that has landed is never edited.

-- The catalogue: what workers have registered. A row is never deleted, for jobs refer to it.
create table model_version (
    id             integer     generated always as identity primary key,
    model          text        not null,
    version        integer     not null check (version > 0),
    digest         text        not null check (digest ~ '^[0-9a-f]{64}$'), -- SHA-256 of the file
    description    text,
    inputs         jsonb       not null, -- [{"name","datatype","shape"}]
    outputs        jsonb       not null,
    labels         jsonb,                -- ["0","1",…], the index is the label's number
    example        jsonb,                -- {"<input>": [[…]]}
    max_batch_rows integer     not null check (max_batch_rows > 0),
    registered_at  timestamptz not null default now(),
    unique (model, version)
);

-- A row for each worker process; seen_at is its heartbeat, by this database's clock.
create table worker (
    id         uuid        primary key,
    name       text        not null,
    started_at timestamptz not null default now(),
    seen_at    timestamptz not null default now()
);

-- What each worker found in its repository and what became of it.
create table worker_model (
    worker_id uuid    not null references worker (id) on delete cascade,
    model     text    not null,
    version   integer not null,
    state     text    not null check (state in ('ready', 'failed')),
    digest    text,
    reason    text,
    primary key (worker_id, model, version)
);

-- A job: inserted once, updated once, when its outcome is recorded. No index but the primary key:
-- ids are UUIDv7, so it also serves lists in order of time, and an update that touches no index can
-- stay on its page (HOT). No foreign key to model_version: its check would lock one hot row for
-- every job, and the id comes from the catalogue, whose rows are never deleted.
create table job (
    id                uuid        primary key,
    model_version_id  integer     not null,
    owner             text        not null,
    priority          smallint    not null check (priority between 0 and 9),
    max_attempts      smallint    not null check (max_attempts between 1 and 10),
    status            text        not null default 'queued'
        check (status in ('queued', 'succeeded', 'failed', 'canceled', 'expired')),
    created_at        timestamptz not null default now(),
    deadline          timestamptz,
    retention         interval    not null,
    requested_outputs jsonb,                 -- ["label"]; null asks for all
    metadata          jsonb,
    inputs            bytea       not null,  -- io.mlp.tensor.TensorCodec
    -- The outcome, all null until it is recorded.
    attempts          smallint    not null default 0,
    started_at        timestamptz,           -- of the last attempt
    completed_at      timestamptz,
    expires_at        timestamptz,
    worker            text,
    model_digest      text,
    queue_ms          double precision,
    compute_ms        double precision,
    batch_rows        integer,
    outputs           bytea,                 -- io.mlp.tensor.TensorCodec
    predictions       jsonb,                 -- [{"label","score"}], one a row
    failure_kind      text,
    failure_detail    text
) with (fillfactor = 35); -- room on the page for the outcome, beside what it replaces
-- Tensors are numbers that hardly compress: do not spend the CPU on trying.
alter table job alter column inputs set storage external;
alter table job alter column outputs set storage external;

-- A narrow row for each unfinished job; it is gone in the statement that records the outcome, so the
-- table's size is the backlog. Queued: lease_until is null. Running: it is not.
-- No foreign key to job: both rows are written by one statement.
create table live (
    job_id           uuid        primary key,
    model_version_id integer     not null,
    priority         smallint    not null,
    turn             bigint      not null, -- the job's place in the round of its owners
    owner            text        not null,
    max_attempts     smallint    not null,
    attempts         smallint    not null default 0,
    fence            integer     not null default 0, -- one more at every claim, never reset
    ready_at         timestamptz not null, -- may be claimed from then on
    due_at           timestamptz not null, -- wants a ticket from then on
    deadline         timestamptz,
    claimed_at       timestamptz,
    lease_until      timestamptz,
    worker_id        uuid
) with (
    fillfactor = 50, -- claims and renewals stay on the page
    autovacuum_vacuum_scale_factor = 0.0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);
-- The order in which jobs are claimed. It names no column that a claim, renewal or release moves, and
-- not the key: while the table is empty a planner would take this index to look a job up.
create index live_claim_order on live (model_version_id, priority desc, turn);
create index live_deadline on live (deadline) where deadline is not null;

-- Every try that did not succeed.
create table attempt (
    job_id      uuid        not null,
    fence       integer     not null,
    worker_id   uuid,
    started_at  timestamptz,
    ended_at    timestamptz not null default now(),
    kind        text        not null,
    detail      text        not null,
    primary key (job_id, fence)
);
