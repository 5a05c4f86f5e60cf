-- What dashboards mark in their graphs, and how a span of time becomes a span of ids.
alter view reporting.job rename to jobs;
alter view reporting.attempt rename to attempts;
alter view reporting.model_version rename to model_versions;
alter view reporting.worker rename to workers;

-- A worker that stops in good order deletes its row; one that has been silent for long died or lost the database.
create view reporting.events as
select registered_at as happened_at, 'version served' as kind, model, version, null::text as worker,
       model || ' version ' || version || ' was registered' as text
from model_version
union all
select retired_at, 'version retired', model, version, null, model || ' version ' || version || ' was retired'
from model_version where retired_at is not null
union all
select started_at, 'worker started', null, null, name, name || ' started' from worker
union all
select seen_at, 'worker lost', null, null, name, name || ' was seen last' from worker
where seen_at < now() - interval '15 seconds'
union all
select installed_on::timestamptz, 'migration', null, null, null, 'The schema was migrated: ' || description
from flyway_schema_history where success and version is not null;
comment on view reporting.events is 'What happened to the service, to be marked in graphs: versions, workers, migrations.';
comment on column reporting.events.happened_at is 'When.';
comment on column reporting.events.kind is 'version served, version retired, worker started, worker lost or migration.';
comment on column reporting.events.model is 'Name of the model; null unless the event is one of a version.';
comment on column reporting.events.version is 'Version of the model; null unless the event is one of a version.';
comment on column reporting.events.worker is 'What the worker calls itself; null unless the event is one of a worker.';
comment on column reporting.events.text is 'The event in a sentence.';

create function reporting.id_at(at timestamptz) returns uuid language sql stable parallel safe
return (lpad(to_hex(greatest(0, floor(extract(epoch from at) * 1000))::bigint), 12, '0') || repeat('0', 20))::uuid;
-- Whoever may enter the schema may call it.
grant execute on function reporting.id_at to public;
comment on function reporting.id_at is 'The smallest id that a job submitted at that time may have (UUIDv7, RFC 9562): a span of ids is read by index.';
