-- The jobs that failed, by their ids, which rise with time: dashboards list the newest of a span. Of all other jobs
-- failure_kind is null and stays so, so the index costs them nothing, and their updates stay within their page.
-- A run that was killed leaves an index that is not valid.
drop index concurrently if exists job_failed;
create index concurrently job_failed on job (id) where failure_kind is not null;
