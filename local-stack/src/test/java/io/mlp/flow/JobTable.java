package io.mlp.flow;

import io.mlp.job.JobIds;
import io.mlp.tensor.TensorCodec;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes jobs straight into a database, and looks at what becomes of their rows. */
public final class JobTable {
  private final JdbcClient sql;

  public JobTable(Database database) {
    this.sql = database.sql();
  }

  /** A job to write; it has no inputs. */
  public record NewRow(
      int versionId, String owner, int priority, @Nullable Long sequence, int maxAttempts) {
    public static NewRow of(int versionId) {
      return new NewRow(versionId, "owner", 4, null, 3);
    }

    public NewRow of(String other) {
      return new NewRow(versionId, other, priority, sequence, maxAttempts);
    }

    public NewRow priority(int other) {
      return new NewRow(versionId, owner, other, sequence, maxAttempts);
    }

    /** In the backlog; without, it has a ticket. */
    public NewRow sequence(long other) {
      return new NewRow(versionId, owner, priority, other, maxAttempts);
    }

    public NewRow maxAttempts(int other) {
      return new NewRow(versionId, owner, priority, sequence, other);
    }
  }

  /** A row of {@code live}; the durations are from now, by the database's clock. */
  public record LiveRow(
      int fence,
      int attempts,
      Duration readyIn,
      @Nullable Duration dispatchIn,
      @Nullable Duration leaseLeft,
      @Nullable UUID worker,
      boolean poisonCandidate,
      boolean isolated) {}

  /** What an outcome writes into {@code job}; the outputs in hex. */
  public record JobRow(
      String status,
      int attempts,
      int fence,
      @Nullable OffsetDateTime startedAt,
      @Nullable OffsetDateTime completedAt,
      @Nullable OffsetDateTime expiresAt,
      @Nullable String worker,
      @Nullable String digest,
      @Nullable String outputs,
      @Nullable String predictions,
      @Nullable String failureKind,
      @Nullable String failureDetail) {}

  /** A row of {@code attempt}. */
  public record AttemptRow(int fence, @Nullable UUID worker, String kind, String detail) {}

  /** Writes a job that waits, and tells its id. */
  public UUID add(NewRow row) {
    UUID id = JobIds.next();
    sql.sql(
            """
            insert into job (id, model_version_id, owner, priority, max_attempts, retention, inputs)
            values (:id, :version, :owner, :priority, :maxAttempts, interval '7 days', :inputs)
            """)
        .param("id", id)
        .param("version", row.versionId)
        .param("owner", row.owner)
        .param("priority", row.priority)
        .param("maxAttempts", row.maxAttempts)
        .param("inputs", TensorCodec.encode(List.of()))
        .update();
    sql.sql(
            """
            insert into live (job_id, model_version_id, owner, priority, sequence,
                              max_attempts, ready_at)
            values (:id, :version, :owner, :priority, :sequence, :maxAttempts, now())
            """)
        .param("id", id)
        .param("version", row.versionId)
        .param("owner", row.owner)
        .param("priority", row.priority)
        .param("sequence", row.sequence)
        .param("maxAttempts", row.maxAttempts)
        .update();
    return id;
  }

  /** Writes a job that has succeeded with these outputs, and tells its id. */
  public UUID addSucceeded(int versionId, byte[] outputs) {
    UUID id = JobIds.next();
    sql.sql(
            """
            insert into job (id, model_version_id, owner, priority, max_attempts, retention, inputs,
                             status, attempts, started_at, completed_at, expires_at, outputs,
                             queue_ms, compute_ms, batch_rows)
            values (:id, :version, 'owner', 4, 3, interval '7 days', '', 'succeeded', 1, now(),
                    now(), now() + interval '7 days', :outputs, 0, 0, 1)
            """)
        .param("id", id)
        .param("version", versionId)
        .param("outputs", outputs)
        .update();
    return id;
  }

  public List<UUID> add(NewRow row, int times) {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      ids.add(add(row));
    }
    return ids;
  }

  /** Changes a job's row in {@code live}. */
  public void update(UUID id, String assignments) {
    sql.sql("update live set " + assignments + " where job_id = :id").param("id", id).update();
  }

  /** Lets the time pass in which the job's worker should have renewed its lease. */
  public void loseWorker(UUID id) {
    update(id, "lease_until = now() - interval '1 second'");
  }

  /** Lets the time pass that a job waits for after a failed attempt. */
  public void endBackoff(UUID id) {
    update(id, "ready_at = now(), dispatch_at = now()");
  }

  public void passDeadline(UUID id) {
    update(id, "deadline = now() - interval '1 second'");
  }

  public Optional<LiveRow> live(UUID id) {
    return sql.sql(
            """
            select fence, attempts, worker_id, poison_candidate, isolated,
                   extract(epoch from ready_at - now()) as ready_in,
                   extract(epoch from dispatch_at - now()) as dispatch_in,
                   extract(epoch from lease_until - now()) as lease_left
            from live where job_id = :id
            """)
        .param("id", id)
        .query((row, _) ->
            new LiveRow(
                row.getInt("fence"),
                row.getInt("attempts"),
                seconds(row.getBigDecimal("ready_in")),
                secondsOrNull(row.getBigDecimal("dispatch_in")),
                secondsOrNull(row.getBigDecimal("lease_left")),
                row.getObject("worker_id", UUID.class),
                row.getBoolean("poison_candidate"),
                row.getBoolean("isolated")))
        .optional();
  }

  private static @Nullable Duration secondsOrNull(@Nullable BigDecimal seconds) {
    return seconds == null ? null : seconds(seconds);
  }

  private static Duration seconds(BigDecimal seconds) {
    return Duration.ofNanos(seconds.movePointRight(9).longValueExact());
  }

  public JobRow job(UUID id) {
    return sql.sql("select *, encode(outputs, 'hex') as output_hex from job where id = :id")
        .param("id", id)
        .query((row, _) ->
            new JobRow(
                row.getString("status"),
                row.getInt("attempts"),
                row.getInt("fence"),
                row.getObject("started_at", OffsetDateTime.class),
                row.getObject("completed_at", OffsetDateTime.class),
                row.getObject("expires_at", OffsetDateTime.class),
                row.getString("worker"),
                row.getString("model_digest"),
                row.getString("output_hex"),
                row.getString("predictions"),
                row.getString("failure_kind"),
                row.getString("failure_detail")))
        .single();
  }

  /** The job's failed attempts in their order. */
  public List<AttemptRow> attempts(UUID id) {
    return sql.sql(
            "select fence, worker_id, kind, detail from attempt where job_id = :id order by fence")
        .param("id", id)
        .query((row, _) ->
            new AttemptRow(
                row.getInt("fence"),
                row.getObject("worker_id", UUID.class),
                row.getString("kind"),
                row.getString("detail")))
        .list();
  }
}
