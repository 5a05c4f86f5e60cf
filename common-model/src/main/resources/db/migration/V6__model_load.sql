-- What each worker process is loading at this moment. A row is written before a load begins and goes
-- when the load is over; what a process leaves behind when it dies tells what it was loading. No
-- foreign key to worker: the note outlives whatever is forgotten of the process.
create table model_load (
    worker_id uuid        not null,
    model     text        not null,
    version   integer     not null,
    files     text        not null, -- SHA-256 of names, sizes and times
    alone     boolean     not null, -- nothing else was loaded meanwhile: a death is its own doing
    host      text        not null,
    pid       bigint      not null,
    boot      text        not null, -- of the machine; another one there means that it went down
    noted_at  timestamptz not null default now(),
    primary key (worker_id, model, version)
);
