package io.mlp.api.retirement;

import io.mlp.job.FailureKind;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The jobs in {@code live} that wait for retired versions. What is decided about a job holds only
 * if it still waits for that version when it is written, so any number of replicas may decide.
 */
@Component
class StrandedJobs {
  private static final Logger LOG = LoggerFactory.getLogger(StrandedJobs.class);

  /** Jobs of one step. */
  private static final int STEP = 64;

  /** Bytes of inputs of one step, unless a single job has more. */
  private static final int STEP_BYTES = 16 << 20;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final TypeReference<LinkedHashSet<String>> NAMES = new TypeReference<>() {};

  private static final String VERSIONS =
      """
      select id from model_version v
      where retired_at is not null and exists (
        select from live where model_version_id = v.id and lease_until is null)
      """;

  private static final String JOBS =
      """
      select id, pinned, requested_outputs, case when not pinned then inputs end as inputs
      from (
        select j.*, sum(octet_length(j.inputs)) over (order by l.priority desc, l.turn, l.job_id)
                      - octet_length(j.inputs) as bytes_before
        from (
          select job_id, priority, turn from live
          where model_version_id = :version and lease_until is null
          order by priority desc, turn limit :step
        ) l join job j on j.id = l.job_id
      ) waiting
      where bytes_before < :stepBytes
      """;

  /** A moved job stands behind its owner's others, as if it had been submitted there. */
  private static final String MOVE =
      """
      with moving as materialized (
        select job_id, priority, owner, turn from live
        where job_id = any(:ids) and model_version_id = :from and lease_until is null
        order by job_id
        for update skip locked
      ), standing as (
        select priority, owner, greatest(
          coalesce((
            select turn from live where model_version_id = :to and priority = m.priority
            order by turn limit 1), 0),
          coalesce((
            select max(turn) from (
              select turn, owner from live where model_version_id = :to and priority = m.priority
              order by turn desc limit 10000) tail
            where owner = m.owner), 0)) as turn
        from (select distinct priority, owner from moving) m
      ), placed as (
        select m.job_id, standing.turn
               + row_number() over (partition by priority, owner order by m.turn) as turn
        from moving m join standing using (priority, owner)
      ), moved as (
        update live l set model_version_id = :to, turn = placed.turn, due_at = now()
        from placed where l.job_id = placed.job_id
      )
      update job j set model_version_id = :to from moving m where j.id = m.job_id
      """;

  private static final String END =
      """
      with ended as materialized (
        select job_id, fence, attempts from live
        where job_id = any(:ids) and model_version_id = :from and lease_until is null
        order by job_id
        for update skip locked
      ), gone as (
        delete from live l using ended where l.job_id = ended.job_id
      )
      update job j
      set status = 'failed', failure_kind = :kind, failure_detail = :detail,
          attempts = ended.attempts, fence = ended.fence,
          completed_at = now(), expires_at = now() + j.retention
      from ended
      where j.id = ended.job_id
      """;

  private final JdbcClient jdbc;

  StrandedJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Retired versions that jobs wait for. */
  List<Integer> versions() {
    return jdbc.sql(VERSIONS).query((row, _) -> row.getInt("id")).list();
  }

  /** The first of those that wait, in the order of claiming. */
  List<StrandedJob> jobs(int version) {
    return jdbc.sql(JOBS)
        .param("version", version)
        .param("step", STEP)
        .param("stepBytes", STEP_BYTES)
        .query((row, _) -> job(row))
        .list();
  }

  private static StrandedJob job(ResultSet row) throws SQLException {
    return new StrandedJob(
        row.getObject("id", UUID.class),
        row.getBoolean("pinned"),
        inputs(row.getBytes("inputs")),
        names(row.getString("requested_outputs")));
  }

  /** Inputs that cannot be read are none, so that only a model without inputs takes them. */
  private static List<Tensor> inputs(byte @Nullable [] stored) {
    try {
      return stored == null ? List.of() : TensorCodec.decode(stored);
    } catch (RuntimeException e) {
      LOG.error("The stored inputs of a job cannot be read", e);
      return List.of();
    }
  }

  private static Set<String> names(@Nullable String json) {
    return json == null ? Set.of() : JSON.readValue(json, NAMES);
  }

  /** Lets them wait for another version, and tells how many it took. */
  int move(List<StrandedJob> jobs, int from, int to) {
    return jobs.isEmpty()
        ? 0
        : jdbc.sql(MOVE).param("ids", ids(jobs)).param("from", from).param("to", to).update();
  }

  /** Ends them as {@code model_unavailable}, and tells how many. */
  int end(List<StrandedJob> jobs, int from, String detail) {
    return jobs.isEmpty()
        ? 0
        : jdbc.sql(END)
            .param("ids", ids(jobs))
            .param("from", from)
            .param("kind", FailureKind.MODEL_UNAVAILABLE.text())
            .param("detail", detail)
            .update();
  }

  private static UUID[] ids(List<StrandedJob> jobs) {
    return jobs.stream().map(StrandedJob::id).toArray(UUID[]::new);
  }
}
