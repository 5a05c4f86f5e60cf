-- Whether rows of several jobs may share a run of a model version.

-- Off until a worker of this release registers the version: nothing was tested before.
alter table model_version
    add column batching        text    not null default 'off'
        check (batching in ('tested', 'declared', 'off')),
    add column batching_reason text, -- why it is off
    add column repeatable      boolean not null default true; -- false: no answer serves another job

-- What each worker has found out by itself, and what it goes by, because all live workers that have
-- the same bytes agree on it: rows of a run, 0 where batching is off.
alter table worker_model
    add column batching        text check (batching in ('tested', 'declared', 'off')),
    add column batch_rows      integer,
    add column batching_reason text,
    add column repeatable      boolean,
    add column agreed_rows     integer;

-- What trials have found out, so that no file is tried again at each start of a worker. One row for
-- each version's digest and kind of machine; a trial with other rows or another example replaces it.
create table batching_verdict (
    digest          text             not null,
    runtime         text             not null, -- version of ONNX Runtime
    processor       text             not null, -- SHA-256 of the processor's features
    trial           text             not null, -- what was tried: revision, rows, threads, example
    batching        text             not null check (batching in ('tested', 'off')),
    batch_rows      integer          not null,
    batching_reason text,
    repeatable      boolean          not null,
    seconds         double precision not null, -- what the trial took
    tried_at        timestamptz      not null default now(),
    primary key (digest, runtime, processor)
);
