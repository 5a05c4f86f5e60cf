-- Who did what to jobs and keys. A row is written in the transaction of its act, never changed, and deleted by age alone.
-- Lists are read newest first and old rows found by the key, so it needs no other index.
create table audit (
    id            uuid        primary key,           -- UUIDv7
    at            timestamptz not null default now(),
    owner         text        not null,              -- of the caller
    key           text        not null,              -- prefix or name of the caller's key
    act           text        not null check (act in ('cancel_job', 'retry_job', 'delete_job',
                                                      'create_key', 'change_key', 'rotate_key', 'revoke_key')),
    subject       uuid        not null,              -- the job or key; either may be gone by now
    subject_owner text        not null,
    request_id    text        not null,
    details       jsonb                              -- which members of a key changed; no secret, nothing of a job's data
);

-- Whoever has the services' role may update all tables. Not this one.
create function refuse_update() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are not changed', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_is_not_changed before update on audit
for each statement execute function refuse_update();
