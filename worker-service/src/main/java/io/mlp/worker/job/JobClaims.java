package io.mlp.worker.job;

import io.mlp.job.CachePolicy;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Claims the best jobs that wait for a model version, with their inputs, in one statement. */
@Component
public class JobClaims {
  private static final Logger LOG = LoggerFactory.getLogger(JobClaims.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<LinkedHashMap<String, String>> METADATA =
      new TypeReference<>() {};
  private static final TypeReference<LinkedHashSet<String>> NAMES = new TypeReference<>() {};

  /** If the first of the best is a suspect, only that one is claimed, otherwise no suspect is. */
  private static final String CLAIM =
      """
      with best as materialized (
        select job_id, priority, turn, suspect from live
        where model_version_id = ? and lease_until is null and ready_at <= now()
          and (deadline is null or deadline > now())
        order by priority desc, turn
        limit ?
        for update skip locked
      ), claimed as (
        update live l
        set fence = fence + 1, attempts = attempts + 1, worker_id = ?,
            claimed_at = now(), lease_until = now() + make_interval(secs => ?)
        from best
        where l.job_id = best.job_id and coalesce(
          best.job_id = (select case when suspect then job_id end from best
                         order by priority desc, turn, job_id limit 1),
          not best.suspect)
        returning l.job_id, l.fence, l.attempts, l.max_attempts, l.suspect, l.priority, l.claimed_at,
                  l.deadline
      )
      select c.*, j.created_at, j.inputs, j.requested_outputs, j.cache_policy, j.metadata
      from claimed c join job j on j.id = c.job_id
      """;

  private static final String MARK_ALONE =
      """
      update live set alone = true where job_id = ? and fence = ? and lease_until is not null
      """;

  private final JdbcTemplate jdbc;
  private final WorkerIdentity worker;
  private final JobSettings settings;

  JobClaims(@Qualifier("claims") JdbcTemplate jdbc, WorkerIdentity worker, JobSettings settings) {
    this.jdbc = jdbc;
    this.worker = worker;
    this.settings = settings;
  }

  /**
   * Up to so many of the best jobs, each under a new fence and lease; none only if none waits or
   * others hold them locked. A suspect comes alone: if the best job is one, it is the only one that
   * is claimed, otherwise suspects are passed over.
   */
  public List<ClaimedJob> claim(int modelVersionId, int most) {
    return jdbc.query(
        CLAIM, JobClaims::claimed, modelVersionId, most, worker.id(), settings.leaseSeconds());
  }

  /**
   * Says that the job now runs with nothing beside it: a loss from here on counts against its
   * attempts.
   *
   * @return false if the job has been taken away meanwhile
   */
  public boolean markAlone(ClaimedJob job) {
    return jdbc.update(MARK_ALONE, job.id(), job.fence()) == 1;
  }

  private static ClaimedJob claimed(ResultSet row, int number) throws SQLException {
    return new ClaimedJob(
        row.getObject("job_id", UUID.class),
        row.getInt("fence"),
        row.getInt("attempts"),
        row.getInt("max_attempts"),
        row.getBoolean("suspect"),
        row.getInt("priority"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("claimed_at", OffsetDateTime.class).toInstant(),
        instant(row.getObject("deadline", OffsetDateTime.class)),
        inputs(row.getBytes("inputs")),
        names(row.getString("requested_outputs")),
        cachePolicy(row.getString("cache_policy")),
        metadata(row.getString("metadata")));
  }

  /** Inputs that cannot be read are none: the model refuses that job, and only that one. */
  private static List<Tensor> inputs(byte[] stored) {
    try {
      return TensorCodec.decode(stored);
    } catch (RuntimeException e) {
      LOG.error("The stored inputs of a job cannot be read", e);
      return List.of();
    }
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }

  private static CachePolicy cachePolicy(@Nullable String text) {
    return text == null ? CachePolicy.BYPASS : CachePolicy.of(text).orElseThrow();
  }

  private static Set<String> names(@Nullable String json) {
    return json == null ? Set.of() : JSON.readValue(json, NAMES);
  }

  private static Map<String, String> metadata(@Nullable String json) {
    return json == null ? Map.of() : JSON.readValue(json, METADATA);
  }
}
