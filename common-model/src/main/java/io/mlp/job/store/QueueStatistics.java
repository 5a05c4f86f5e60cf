package io.mlp.job.store;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Counts unfinished jobs. */
public class QueueStatistics {
  private static final String STATISTICS = Sql.read("statistics");

  private final JdbcClient jdbc;
  private final TransactionOperations transaction;

  public QueueStatistics(JdbcClient jdbc, TransactionOperations transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /**
   * How many jobs of a model version are unfinished.
   *
   * @param oldestSeconds how long the job that waits longest could have been claimed; 0 if none
   *     waits
   */
  public record Count(int versionId, long queued, long running, double oldestSeconds) {
    /** Of this queue and another one together. */
    public Count plus(Count other) {
      return new Count(
          versionId,
          queued + other.queued,
          running + other.running,
          Math.max(oldestSeconds, other.oldestSeconds));
    }
  }

  /**
   * Every version that has any. All rows are meant, and to read the table through takes half as
   * long as by an index.
   */
  public List<Count> count() {
    return transaction.execute(_ -> {
      jdbc.sql("set local enable_seqscan = on").update();
      return jdbc.sql(STATISTICS)
          .query((row, _) ->
              new Count(
                  row.getInt("model_version_id"),
                  row.getLong("queued"),
                  row.getLong("running"),
                  row.getDouble("oldest_seconds")))
          .list();
    });
  }
}
