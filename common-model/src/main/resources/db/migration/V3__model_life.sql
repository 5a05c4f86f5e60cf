-- What it needs to replace and remove models while workers run.

-- Set when no worker has the version any more, because it was removed from the repositories: its
-- jobs move on or end, and no others are taken. Null again as soon as a worker has it.
alter table model_version add column retired_at timestamptz;

-- ready: serves the bytes of `digest`. waiting: other bytes under that version count. failed: its
-- files do not load. removed: it was served, and is gone from the worker's repository.
alter table worker_model
    -- Digest of the newest bytes loaded; where another is served, they wait until workers agree.
    add column offered text,
    add column told_at timestamptz not null default now(),
    drop constraint worker_model_state_check,
    add constraint worker_model_state_check
        check (state in ('ready', 'waiting', 'failed', 'removed'));

-- Whether the client named the version. What was stored before is not moved behind its back.
alter table job add column pinned boolean not null default true;
