package io.mlp.job.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Counts unfinished jobs. */
public class QueueStatistics {
  private static final String PAGES = Sql.read("pages");
  private static final String STATISTICS = Sql.read("statistics");

  private final JdbcClient jdbc;
  private final PageWalk walk;

  public QueueStatistics(JdbcClient jdbc) {
    this(jdbc, new PageWalk());
  }

  QueueStatistics(JdbcClient jdbc, PageWalk walk) {
    this.jdbc = jdbc;
    this.walk = walk;
  }

  /**
   * How many jobs of a model version are unfinished.
   *
   * @param backlogged whether some of those that wait are or were in the backlog
   * @param oldestSeconds how long the job that waits longest could have been claimed; 0 if none
   *     waits
   */
  public record Count(
      int versionId, long queued, long running, boolean backlogged, double oldestSeconds) {
    /** Of this queue and another one together. */
    public Count plus(Count other) {
      return new Count(
          versionId,
          queued + other.queued,
          running + other.running,
          backlogged || other.backlogged,
          Math.max(oldestSeconds, other.oldestSeconds));
    }
  }

  /**
   * All unfinished jobs.
   *
   * @param queues every version that has any
   * @param inFlight how many each owner has that has any
   */
  public record Counts(List<Count> queues, Map<String, Long> inFlight) {}

  private record OwnersCount(String owner, Count count) {}

  /** Counts what stands in the table all the time. */
  public Counts count() {
    Map<Integer, Count> queues = new HashMap<>();
    Map<String, Long> inFlight = new HashMap<>();
    walk.walk(
        jdbc.sql(PAGES).query(Long.class).single(),
        pages -> {
          for (OwnersCount found : count(pages)) {
            Count count = found.count;
            queues.merge(count.versionId, count, Count::plus);
            inFlight.merge(found.owner, count.queued + count.running, Long::sum);
          }
        });
    return new Counts(List.copyOf(queues.values()), inFlight);
  }

  private List<OwnersCount> count(PageWalk.Pages pages) {
    return jdbc.sql(STATISTICS)
        .param("from", pages.firstRow())
        .param("to", pages.rowBehind())
        .query((row, _) ->
            new OwnersCount(
                row.getString("owner"),
                new Count(
                    row.getInt("model_version_id"),
                    row.getLong("queued"),
                    row.getLong("running"),
                    row.getBoolean("backlogged"),
                    row.getDouble("oldest_seconds"))))
        .list();
  }
}
