package io.mlp.benchmark.scale;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Rows that were never submitted, made of copies of the last jobs that were: as if they had come in
 * over the last days, so that none is too old to be kept.
 */
public final class Filling {
  private static final long CHUNK = 500_000;

  /** A UUID of version 7 for that time. */
  private static final String ID_AT =
      """
      create function benchmark_id(at timestamptz, number bigint) returns uuid
      language sql volatile as $$
        select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
                || '7' || substr(md5(number::text), 1, 3)
                || '8' || substr(md5(number::text), 4, 15))::uuid
      $$
      """;

  private static final String SAMPLE =
      """
      create table benchmark_sample as
      select row_number() over () - 1 as number, newest.*
      from (select * from job where status = 'succeeded' order by id desc limit 1000) newest
      """;

  private static final String FINISHED =
      """
      insert into job (id, model_version_id, owner, priority, max_attempts, status, created_at,
                       retention, inputs, attempts, started_at, completed_at, expires_at, worker,
                       model_digest, queue_ms, compute_ms, batch_rows, outputs, predictions, fence,
                       pinned)
      select benchmark_id(at, i), s.model_version_id, s.owner, s.priority, s.max_attempts, s.status,
             at, s.retention, s.inputs, s.attempts, at + (s.started_at - s.created_at),
             at + (s.completed_at - s.created_at), at + (s.expires_at - s.created_at), s.worker,
             s.model_digest, s.queue_ms, s.compute_ms, s.batch_rows, s.outputs, s.predictions,
             s.fence, s.pinned
      from generate_series(:from, :to) i
      cross join lateral (select now() - (:all - i + 1) * (interval '6 days' / :all) as at) made
      join benchmark_sample s on s.number = i % (select count(*) from benchmark_sample)
      """;

  private static final String WAITING =
      """
      with waiting as (
        insert into job (id, model_version_id, owner, priority, max_attempts, created_at, retention,
                         inputs, pinned)
        select benchmark_id(at, i), :version, s.owner, 0, s.max_attempts, at, s.retention, s.inputs,
               s.pinned
        from generate_series(:from, :to) i
        cross join lateral (select now() - (:all - i + 1) * (interval '1 hour' / :all) as at) made
        join benchmark_sample s on s.number = i % (select count(*) from benchmark_sample)
        returning id, model_version_id, owner, priority, max_attempts, created_at
      )
      insert into live (job_id, model_version_id, priority, sequence, owner, max_attempts,
                        ready_at)
      select id, model_version_id, priority,
             coalesce((select virtual_time[1] from backlog where model_version_id = :version), 0)
               + :from + row_number() over (order by id),
             owner, max_attempts, created_at
      from waiting
      """;

  private final JdbcClient sql;

  /**
   * Takes a sample of the jobs that have been recorded.
   *
   * @param sql a superuser's, for checkpoints
   */
  public Filling(JdbcClient sql) {
    this.sql = sql;
    sql.sql(ID_AT).update();
    sql.sql(SAMPLE).update();
  }

  /** So many jobs that have succeeded. */
  public void finished(long rows) {
    // An update puts the outcome into the room that is left on the page; here it comes at once.
    sql.sql("alter table job set (fillfactor = 55)").update();
    inChunks(FINISHED, rows, 0);
    sql.sql("alter table job set (fillfactor = 35)").update();
    settle();
  }

  /** So many jobs that wait for a model that no worker has. */
  public void waitingElsewhere(long rows) {
    int absent =
        sql.sql(
                """
                insert into model_version
                  (model, version, digest, inputs, outputs, labels, max_batch_rows)
                select 'absent', 1, digest, inputs, outputs, labels, max_batch_rows
                from model_version where model = 'digits'
                returning id
                """)
            .query(Integer.class)
            .single();
    inChunks(WAITING, rows, absent);
    settle();
  }

  /** As many, in their place, that wait for the model that is measured, behind all its others. */
  public void waitingHere(long rows) {
    sql.sql("delete from job using live where job.id = live.job_id").update();
    sql.sql("truncate live").update();
    inChunks(WAITING, rows, digits());
    settle();
  }

  /** How many of those wait or run. */
  public long backlog() {
    return sql.sql("select count(*) from live where model_version_id = ? and priority = 0")
        .param(digits())
        .query(Long.class)
        .single();
  }

  private int digits() {
    return sql.sql("select id from model_version where model = 'digits'")
        .query(Integer.class)
        .single();
  }

  /** No job at all. */
  public void empty() {
    sql.sql("truncate job, live, attempt").update();
    settle();
  }

  private void inChunks(String insert, long rows, int version) {
    for (long from = 1; from <= rows; from += CHUNK) {
      sql.sql(insert)
          .param("from", from)
          .param("to", Math.min(rows, from + CHUNK - 1))
          .param("all", rows)
          .param("version", version)
          .update();
    }
  }

  /** What autovacuum would have done in the days that the rows seem to have come in. */
  private void settle() {
    sql.sql("vacuum (analyze) job").update();
    sql.sql("vacuum (analyze) live").update();
    sql.sql("checkpoint").update();
  }
}
