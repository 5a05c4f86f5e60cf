-- Up to the dispatch window a job gets its ticket when it is stored, and workers claim it by id: it is in no order.
-- Beyond the window jobs wait in a backlog, in the order of a fair queue, and a replica of the api sends their tickets.
alter table live
    -- Place in the backlog; null for a job that was not in it, or has left it.
    add column sequence      bigint,
    -- A ticket is sent from then on; null for a job that has one, or gets it when the backlog comes to it.
    add column dispatch_at   timestamptz,
    -- When its last ticket was sent; null: when it became ready, or the backlog came to it.
    add column dispatched_at timestamptz,
    -- Bytes of its inputs as they are stored, so that a worker knows before it claims; null: not known.
    add column input_bytes   integer,
    -- Processes of before write these two, and nobody reads them.
    alter column turn drop not null,
    alter column due_at drop not null;

update live set sequence = case when ready_at <= now() then turn end,
                dispatch_at = case when ready_at > now() then ready_at end
where lease_until is null;

create index live_backlog on live (model_version_id, priority, sequence, job_id) where sequence is not null;
create index live_dispatch on live (dispatch_at) where dispatch_at is not null;
drop index live_claim_order;

-- In the words of docs/glossary.md.
alter table live rename column suspect to poison_candidate;
alter table live rename column alone to isolated;

-- How far the tickets of a backlog have been sent, and by whom. Arrays have an element for each priority, from 0 on.
create table backlog (
    model_version_id integer     primary key,
    holder           uuid        not null, -- the replica of the api that sends them
    lease_until      timestamptz not null, -- another one may from then on
    virtual_time     bigint[]    not null, -- new jobs are placed behind it
    settled          bigint[]    not null  -- a job up to it that still waits has lost its ticket
);
