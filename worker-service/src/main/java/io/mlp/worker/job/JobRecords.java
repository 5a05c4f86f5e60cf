package io.mlp.worker.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.job.CacheResult;
import io.mlp.job.Failure;
import io.mlp.job.JobJson;
import io.mlp.job.JobStatus;
import io.mlp.job.Prediction;
import io.mlp.tensor.TensorCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Records the outcomes of a batch in one statement and one commit. A job is recorded only under the
 * fence it was claimed with: what a worker says of a job that was taken from it meanwhile is
 * refused.
 */
@Component
public class JobRecords {
  private static final String RECORD =
      """
      with outcome as (
        select * from unnest(
          ?::uuid[], ?::integer[], ?::text[], ?::bytea[], ?::text[], ?::text[], ?::text[],
          ?::double precision[], ?::integer[], ?::text[])
        as o(job_id, fence, status, outputs, predictions, failure_kind, failure_detail,
             compute_ms, batch_rows, cache_result)
      ), ended as (
        delete from live l using outcome o
        where l.job_id = o.job_id and l.fence = o.fence and l.lease_until is not null
        returning l.job_id, l.fence, l.attempts, l.claimed_at, l.worker_id
      ), history as (
        insert into attempt (job_id, fence, worker_id, started_at, kind, detail)
        select e.job_id, e.fence, e.worker_id, e.claimed_at, o.failure_kind, o.failure_detail
        from ended e join outcome o on o.job_id = e.job_id
        where o.failure_kind is not null
      )
      update job j
      set status = o.status, attempts = e.attempts, fence = e.fence, started_at = e.claimed_at,
          completed_at = now(), expires_at = now() + j.retention,
          worker = ?, model_digest = ?,
          queue_ms = extract(epoch from e.claimed_at - j.created_at) * 1000,
          compute_ms = o.compute_ms, batch_rows = o.batch_rows,
          cache_result = o.cache_result, outputs = o.outputs, predictions = o.predictions::jsonb,
          failure_kind = o.failure_kind, failure_detail = o.failure_detail
      from ended e join outcome o on o.job_id = e.job_id
      where j.id = e.job_id
      returning j.id, j.completed_at, j.expires_at
      """;

  private final JdbcTemplate jdbc;
  private final WorkerIdentity worker;

  JobRecords(JdbcTemplate jdbc, WorkerIdentity worker) {
    this.jdbc = jdbc;
    this.worker = worker;
  }

  /**
   * Records the outcomes, durably.
   *
   * @return those that were taken; the others came too late
   */
  public List<RecordedJob> record(List<JobOutcome> outcomes, String modelDigest) {
    // Locks are taken in the order of ids, as everywhere.
    List<JobOutcome> sorted =
        outcomes.stream()
            .sorted(Comparator.comparing(outcome -> outcome.job().id().toString()))
            .toList();
    List<RecordedJob> recorded =
        jdbc.execute((Connection connection) -> record(connection, sorted, modelDigest));
    return recorded == null ? List.of() : recorded;
  }

  private List<RecordedJob> record(
      Connection connection, List<JobOutcome> outcomes, String modelDigest) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RECORD)) {
      Columns columns = new Columns(connection, statement, outcomes);
      columns.add("uuid", outcome -> outcome.job().id());
      columns.add("integer", outcome -> outcome.job().fence());
      columns.add("text", JobRecords::status);
      columns.addBytes(JobRecords::outputs);
      columns.add("text", JobRecords::predictions);
      columns.add("text", outcome -> failure(outcome, failure -> failure.kind().text()));
      columns.add("text", outcome -> failure(outcome, Failure::detail));
      columns.add("float8", JobRecords::computeMillis);
      columns.add("integer", JobRecords::batchRows);
      columns.add("text", JobRecords::cacheResult);
      columns.add(worker.name());
      columns.add(modelDigest);
      try (ResultSet rows = statement.executeQuery()) {
        return recorded(rows, outcomes);
      }
    }
  }

  private static List<RecordedJob> recorded(ResultSet rows, List<JobOutcome> outcomes)
      throws SQLException {
    Map<UUID, JobOutcome> byId = new HashMap<>();
    outcomes.forEach(outcome -> byId.put(outcome.job().id(), outcome));
    List<RecordedJob> recorded = new ArrayList<>(outcomes.size());
    while (rows.next()) {
      JobOutcome outcome = byId.get(rows.getObject(1, UUID.class));
      if (outcome != null) {
        recorded.add(
            new RecordedJob(
                outcome,
                rows.getObject(2, OffsetDateTime.class).toInstant(),
                rows.getObject(3, OffsetDateTime.class).toInstant()));
      }
    }
    return recorded;
  }

  /** Sets the statement's parameters one after another, an array of all outcomes' values each. */
  private static final class Columns {
    private final Connection connection;
    private final PreparedStatement statement;
    private final List<JobOutcome> outcomes;
    private int index = 1;

    Columns(Connection connection, PreparedStatement statement, List<JobOutcome> outcomes) {
      this.connection = connection;
      this.statement = statement;
      this.outcomes = outcomes;
    }

    void add(String value) throws SQLException {
      statement.setString(index++, value);
    }

    void add(String type, Function<JobOutcome, @Nullable Object> value) throws SQLException {
      Object[] values = outcomes.stream().map(value).toArray();
      statement.setArray(index++, connection.createArrayOf(type, values));
    }

    void addBytes(Function<JobOutcome, byte @Nullable []> value) throws SQLException {
      byte[][] values = outcomes.stream().map(value).toArray(byte[][]::new);
      statement.setArray(index++, connection.createArrayOf("bytea", values));
    }
  }

  private static String status(JobOutcome outcome) {
    return switch (outcome) {
      case JobOutcome.Succeeded _ -> JobStatus.SUCCEEDED.text();
      case JobOutcome.Failed _ -> JobStatus.FAILED.text();
    };
  }

  private static byte @Nullable [] outputs(JobOutcome outcome) {
    return outcome instanceof JobOutcome.Succeeded succeeded
        ? TensorCodec.encode(succeeded.outputs())
        : null;
  }

  private static @Nullable String predictions(JobOutcome outcome) {
    List<Prediction> predictions =
        outcome instanceof JobOutcome.Succeeded succeeded ? succeeded.predictions() : null;
    if (predictions == null) {
      return null;
    }
    return new String(JobJson.predictions(predictions), UTF_8);
  }

  private static @Nullable String failure(JobOutcome outcome, Function<Failure, String> part) {
    return outcome instanceof JobOutcome.Failed failed ? part.apply(failed.failure()) : null;
  }

  private static @Nullable Double computeMillis(JobOutcome outcome) {
    return outcome instanceof JobOutcome.Succeeded succeeded
        ? succeeded.compute().toNanos() / 1e6
        : null;
  }

  private static @Nullable String cacheResult(JobOutcome outcome) {
    CacheResult from = outcome instanceof JobOutcome.Succeeded succeeded ? succeeded.cache() : null;
    return from == null ? null : from.text();
  }

  private static @Nullable Integer batchRows(JobOutcome outcome) {
    return outcome instanceof JobOutcome.Succeeded succeeded ? succeeded.batchRows() : null;
  }
}
