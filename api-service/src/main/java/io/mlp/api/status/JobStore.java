package io.mlp.api.status;

import io.mlp.job.Job;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads jobs from PostgreSQL. A job that has a row in {@code live} has not ended. */
@Component
class JobStore {
  /** Without the outputs, which lists leave out and which may be large. */
  private static final String FACTS =
      """
      select j.id, v.model, v.version, coalesce(j.model_digest, v.digest) as model_digest,
             case when l.job_id is null then j.status
                  when l.lease_until is null then 'queued' else 'running' end as status,
             j.priority, coalesce(l.attempts, j.attempts) as attempts, j.created_at,
             coalesce(l.claimed_at, j.started_at) as started_at, j.completed_at, j.expires_at,
             j.metadata, j.queue_ms, j.compute_ms, j.batch_rows, j.cache_result, j.failure_kind,
             j.failure_detail
      """;

  private static final String WITH_OUTPUTS = FACTS + ", j.outputs, j.predictions\n";

  private static final String FROM =
      """
      from job j
      join model_version v on v.id = j.model_version_id
      left join live l on l.job_id = j.id
      """;

  private static final String FIND = WITH_OUTPUTS + FROM + "where j.id = :id";

  private static final String FIND_FINISHED =
      WITH_OUTPUTS + FROM + "where j.id = any(:ids) and l.job_id is null";

  private static final String PAGE =
      "select * from ("
          + FACTS
          + """
          from (
            select * from job
            where id < :before and id >= :from
            order by id desc limit :scan
          ) j
          join model_version v on v.id = j.model_version_id
          left join live l on l.job_id = j.id
          ) jobs
          where (:model::text is null or model = :model)
            and (:version::integer is null or version = :version)
            and (:status::text is null or status = :status)
          order by id desc limit :limit
          """;

  private static final String LAST_SCANNED =
      """
      select id from job where id < :before and id >= :from
      order by id desc offset :last limit 1
      """;

  private final JdbcClient jdbc;

  JobStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Job> find(UUID id) {
    return jdbc.sql(FIND).param("id", id).query(JobRows::withOutputs).optional();
  }

  List<Job> findFinished(List<UUID> ids) {
    return jdbc.sql(FIND_FINISHED)
        .param("ids", ids.toArray(UUID[]::new))
        .query(JobRows::withOutputs)
        .list();
  }

  /**
   * A page of jobs, newest first. The database looks at no more than {@code filter.scan()} jobs, so
   * a rare status may give a short page, or an empty one, with a cursor to go on from.
   */
  JobPage page(JobFilter filter) {
    List<Job> jobs =
        jdbc.sql(PAGE)
            .param("before", filter.before())
            .param("from", filter.from())
            .param("scan", filter.scan())
            .param("model", filter.model())
            .param("version", filter.version())
            .param("status", filter.status())
            .param("limit", filter.limit())
            .query(JobRows::facts)
            .list();
    return new JobPage(jobs, next(filter, jobs));
  }

  private @Nullable UUID next(JobFilter filter, List<Job> jobs) {
    if (jobs.size() == filter.limit()) {
      return jobs.getLast().id();
    }
    return jdbc.sql(LAST_SCANNED)
        .param("before", filter.before())
        .param("from", filter.from())
        .param("last", filter.scan() - 1)
        .query((row, _) -> row.getObject("id", UUID.class))
        .optional()
        .orElse(null);
  }
}
