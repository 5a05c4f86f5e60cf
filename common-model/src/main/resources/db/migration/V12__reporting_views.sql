-- What dashboards and analysts may see, and all of it: the reader's role (api.roles.reader-user) has rights in this schema
-- alone. Views read with the rights of their owner, so it needs none on the tables. No tensors, no metadata and options of
-- clients, no idempotency keys, no examples; whoever adds a column here shows it to everybody with an account in Grafana.
-- A later migration that changes job_state may append columns to it; to remove one, it makes these views anew.
--
-- Each is a plain select, without a condition, so PostgreSQL puts it into the query and walks the keys of the tables.
-- Two columns come from what people sent in, and are here on purpose:
--   failure_detail  our texts, and those of ONNX Runtime, a line of 300 characters at most. It names inputs with their
--                   shapes, and may quote a number or a word of one ("indices element out of data bounds, idx=12"). Nobody
--                   could tell why jobs fail without it.
--   predictions     what a model says of somebody's rows, in the words of its own list of labels: what analysts look at.
create schema reporting;
comment on schema reporting is 'What dashboards and analysts may see: views of jobs, attempts, model versions and workers, without anybody''s tensors.';

create view reporting.job as
select id, model, version, model_digest, status, owner, priority, attempts, created_at, started_at, completed_at, expires_at,
       worker, queue_ms, compute_ms, batch_rows, cache_result, failure_kind, failure_detail, predictions
from job_state;
comment on view reporting.job is 'A row for each job, as it is at this moment. Jobs that have ended are deleted after expires_at.';
comment on column reporting.job.id is 'The job''s id, as the API gives it. Ids rise with time: order by id, and walk the newest with a limit.';
comment on column reporting.job.model is 'Name of the model.';
comment on column reporting.job.version is 'Version of the model that runs the job, or ran it.';
comment on column reporting.job.model_digest is 'SHA-256 of the model''s file: of the one that answered; before that, of the one that is registered.';
comment on column reporting.job.status is 'queued, running, succeeded, failed, canceled or expired.';
comment on column reporting.job.owner is 'Who submitted the job.';
comment on column reporting.job.priority is 'From 0 to 9; 9 goes first.';
comment on column reporting.job.attempts is 'How often it was tried so far. Times that did not count, because the worker stopped for example, are not among them.';
comment on column reporting.job.created_at is 'When it was stored.';
comment on column reporting.job.started_at is 'When its last attempt began; null if there was none.';
comment on column reporting.job.completed_at is 'When it ended; null until then.';
comment on column reporting.job.expires_at is 'When it may be deleted; null until it has ended.';
comment on column reporting.job.worker is 'Name of the worker that ended it; null if none did.';
comment on column reporting.job.queue_ms is 'Milliseconds from the job''s acceptance to the beginning of the attempt that succeeded; null unless one did.';
comment on column reporting.job.compute_ms is 'Milliseconds inside the model, for all jobs that shared the run; 0 if a kept answer served it, null unless it has succeeded.';
comment on column reporting.job.batch_rows is 'Rows of all jobs that shared the run; 0 if a kept answer served it, null unless it has succeeded.';
comment on column reporting.job.cache_result is 'hit: a kept answer served it. collapsed: an equal job of the same batch did. miss: it was computed. Null: it does not use the cache, or has not ended.';
comment on column reporting.job.failure_kind is 'Why it failed, in one word of a fixed list; null unless it did.';
comment on column reporting.job.failure_detail is 'The same in a sentence. It may name an input with its shape, and quote a number or a word of it.';
comment on column reporting.job.predictions is 'What the model says of each row, as [{"label", "score"}]; null without labels, and until the job has succeeded.';

create view reporting.attempt as
select job_id, fence, worker_id, started_at, ended_at, kind as failure_kind, detail as failure_detail
from attempt;
comment on view reporting.attempt is 'A row for each attempt that did not succeed, also of jobs that succeeded later. Deleted with its job.';
comment on column reporting.attempt.job_id is 'Whose attempt it was: id in reporting.job.';
comment on column reporting.attempt.fence is 'Rises with the attempts of a job; it is not their number.';
comment on column reporting.attempt.worker_id is 'Who ran it: id in reporting.worker, while that is known.';
comment on column reporting.attempt.started_at is 'When it began.';
comment on column reporting.attempt.ended_at is 'When it ended, or was found to be lost.';
comment on column reporting.attempt.failure_kind is 'Why it did not succeed, in one word of a fixed list.';
comment on column reporting.attempt.failure_detail is 'The same in a sentence. It may name an input with its shape, and quote a number or a word of it.';

create view reporting.model_version as
select id, model, version, digest, description, inputs, outputs, labels, max_batch_rows, registered_at, retired_at,
       cache_seconds, batching, batching_reason, repeatable
from model_version;
comment on view reporting.model_version is 'A row for each version of a model that a worker ever registered.';
comment on column reporting.model_version.id is 'Key of the row.';
comment on column reporting.model_version.model is 'Name of the model.';
comment on column reporting.model_version.version is 'Its version.';
comment on column reporting.model_version.digest is 'SHA-256 of the model''s file, as it is registered now.';
comment on column reporting.model_version.description is 'What its author says of it.';
comment on column reporting.model_version.inputs is 'Name, datatype and shape of each input that the model takes: no data.';
comment on column reporting.model_version.outputs is 'Name, datatype and shape of each output that it gives: no data.';
comment on column reporting.model_version.labels is 'Its labels, in the order of their numbers; null without.';
comment on column reporting.model_version.max_batch_rows is 'The most rows that a run may have.';
comment on column reporting.model_version.registered_at is 'When a worker registered it first.';
comment on column reporting.model_version.retired_at is 'Since when no worker has it any more; null while one does.';
comment on column reporting.model_version.cache_seconds is 'How long its answers are kept in the content cache; null: only where a job asks for it.';
comment on column reporting.model_version.batching is 'Whether rows of several jobs may share a run: tested, declared or off.';
comment on column reporting.model_version.batching_reason is 'Why batching is off; null unless it is.';
comment on column reporting.model_version.repeatable is 'Whether the same inputs give the same answer, so that one may serve another job.';

create view reporting.worker as
select id, name, started_at, seen_at
from worker;
comment on view reporting.worker is 'A row for each worker process. Those that are gone are forgotten after a while.';
comment on column reporting.worker.id is 'The process.';
comment on column reporting.worker.name is 'What it calls itself; reporting.job.worker has the same name.';
comment on column reporting.worker.started_at is 'When it started.';
comment on column reporting.worker.seen_at is 'Its last heartbeat: one of long ago is dead.';
