-- The api processes that are there: while Redis is away, each enforces its share of a key's rate.
create table api_replica (
    id      uuid        primary key,
    seen_at timestamptz not null default now()
);
