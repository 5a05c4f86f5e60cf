package io.mlp.job.store;

import io.mlp.job.JobStatus;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ends jobs. Of several who try at a time, one ends the job. */
public class JobEndings {
  private static final String END = Sql.read("end");

  private final JdbcClient jdbc;

  public JobEndings(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Ends jobs that no worker has answered. */
  public List<Ended> end(List<Ending> endings) {
    return end(endings, null, null);
  }

  /**
   * Ends the jobs, all in one commit.
   *
   * @param worker name of the one that ran them; null tells the one that held their leases, if any
   * @param digest of the model file that ran
   * @return those that were ended; the others had moved on since they were seen under their fences
   */
  public List<Ended> end(List<Ending> endings, @Nullable String worker, @Nullable String digest) {
    if (endings.isEmpty()) {
      return List.of();
    }
    return bound(endings)
        .param("worker", worker)
        .param("digest", digest)
        .query((row, _) ->
            new Ended(
                Columns.id(row, "id"),
                Columns.instant(row, "completed_at"),
                Columns.instant(row, "expires_at")))
        .list();
  }

  /** Locks are taken in the order of ids, as everywhere. */
  private JdbcClient.StatementSpec bound(List<Ending> endings) {
    List<Ending> sorted =
        endings.stream().sorted(Comparator.comparing(e -> e.id().toString())).toList();
    return Rows.of(jdbc.sql(END), sorted)
        .column("ids", "uuid", Ending::id)
        .column("fences", "integer", Ending::fence)
        .column("running", "boolean", ending -> ending.move().from() == JobStatus.RUNNING)
        .column("statuses", "text", ending -> ending.move().to().text())
        .bytes("outputs", ending -> of(ending, Ending.Outcome::storedOutputs))
        .column("predictions", "text", ending -> of(ending, Ending.Outcome::storedPredictions))
        .column("kinds", "text", ending -> ending.kind() == null ? null : ending.kind().text())
        .column("details", "text", Ending::detail)
        .column("computeMillis", "float8", ending -> of(ending, Ending.Outcome::computeMillis))
        .column("batchRows", "integer", ending -> of(ending, Ending.Outcome::batchRows))
        .column("cacheResults", "text", ending -> of(ending, Ending.Outcome::storedCache))
        .bound();
  }

  private static <V extends @Nullable Object> @Nullable V of(
      Ending ending, Function<Ending.Outcome, V> part) {
    return ending.outcome() == null ? null : part.apply(ending.outcome());
  }
}
