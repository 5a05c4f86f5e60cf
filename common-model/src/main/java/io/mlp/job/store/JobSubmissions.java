package io.mlp.job.store;

import io.mlp.tensor.TensorCodec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stores new jobs: a group costs one statement, one round trip and one commit. */
public class JobSubmissions {
  private static final String SUBMIT = Sql.read("submit");

  private final JdbcClient jdbc;
  private final Durations durations;

  /**
   * How long what is stored counts.
   *
   * @param retention how long a job is kept after its end
   * @param keyRetention how long a key stands for its job
   */
  public record Durations(Duration retention, Duration keyRetention) {}

  /**
   * What was stored.
   *
   * @param createdAt by the database's clock
   * @param duplicates ids of the jobs that were not, for another job has their key
   */
  public record Stored(Instant createdAt, Set<UUID> duplicates) {}

  public JobSubmissions(JdbcClient jdbc, Durations durations) {
    this.jdbc = jdbc;
    this.durations = durations;
  }

  /** Stores all jobs but those whose key is taken, or none. */
  public Stored submit(List<Submission> jobs) {
    return rows(jobs)
        .bound()
        .param("retention", Columns.seconds(durations.retention))
        .param("keyRetention", Columns.seconds(durations.keyRetention))
        .query((row, _) -> stored(row))
        .single();
  }

  private Rows<Submission> rows(List<Submission> jobs) {
    return Rows.of(jdbc.sql(SUBMIT), jobs)
        .column("ids", "uuid", Submission::id)
        .column("versions", "integer", Submission::modelVersionId)
        .column("owners", "text", Submission::owner)
        .column("priorities", "smallint", job -> (short) job.priority())
        .column("sequences", "bigint", Submission::sequence)
        .column("maxAttempts", "smallint", job -> (short) job.maxAttempts())
        .column("deadlines", "text", Submission::storedDeadline)
        .column("options", "text", job -> job.content().options().stored())
        .bytes("inputs", job -> TensorCodec.encode(job.content().inputs()))
        .column("pinned", "boolean", Submission::pinned)
        .column("keys", "text", job -> of(job.key(), Submission.Key::name))
        .column("fingerprints", "text", job -> of(job.key(), Submission.Key::fingerprint))
        .column("submittedWith", "text", Submission::submittedWith)
        .column("digests", "text", job -> of(job.answer(), Submission.Answer::digest))
        .bytes("outputs", job -> of(job.answer(), Submission.Answer::storedOutputs))
        .column(
            "predictions", "text", job -> of(job.answer(), Submission.Answer::storedPredictions));
  }

  private static <P, V extends @Nullable Object> @Nullable V of(
      @Nullable P part, Function<P, V> value) {
    return part == null ? null : value.apply(part);
  }

  private static Stored stored(ResultSet row) throws SQLException {
    return new Stored(
        Columns.instant(row, "created_at"), Set.of((UUID[]) row.getArray("duplicates").getArray()));
  }
}
