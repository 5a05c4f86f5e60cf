-- Lists of an owner's jobs: without it, whoever has few among many would walk all of them. An outcome moves neither
-- column, so updates of a job still touch no index. The id stands in it as bytes, which sort as it does: by the id itself a
-- planner would take this index to look a job up while the table is empty, and keep that plan.
-- A run that was killed leaves an index that is not valid.
drop index concurrently if exists job_of_owner;
create index concurrently job_of_owner on job (owner, uuid_send(id));
