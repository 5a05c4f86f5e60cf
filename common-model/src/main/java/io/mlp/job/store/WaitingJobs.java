package io.mlp.job.store;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The jobs that wait for a worker, and the order in which they are claimed. */
public class WaitingJobs {
  private static final String DUE_VERSIONS = Sql.read("due_versions");
  private static final String WAITING = Sql.read("waiting");
  private static final String DISPATCHED = Sql.read("dispatched");
  private static final String SERVED_TURN = Sql.read("served_turn");

  /** How far back an owner's last turn is looked for in a long queue. */
  private static final int LOOK_BACK = 10_000;

  /** The longest that a job waits for another ticket. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final JdbcClient jdbc;

  public WaitingJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Model versions that have a job waiting which wants a ticket by now. */
  public Set<Integer> dueVersions() {
    return new HashSet<>(jdbc.sql(DUE_VERSIONS).query((row, _) -> row.getInt("id")).list());
  }

  /**
   * A job that is to be dispatched.
   *
   * @param suspect whether it is a poison candidate
   */
  public record Dispatchable(UUID id, int fence, boolean suspect) {}

  /**
   * Waiting jobs of a version in their order.
   *
   * @param all whether those are meant, too, that want no ticket yet
   */
  public List<Dispatchable> jobs(int versionId, boolean all, int most) {
    return jdbc.sql(WAITING)
        .param("version", versionId)
        .param("all", all)
        .param("most", most)
        .query((row, _) ->
            new Dispatchable(
                Columns.id(row, "job_id"), row.getInt("fence"), row.getBoolean("suspect")))
        .list();
  }

  /**
   * Tells that tickets of the jobs were sent: they want no other for a while.
   *
   * @param least how long that is at least
   */
  public void dispatched(List<Dispatchable> jobs, Duration least) {
    List<Dispatchable> sorted =
        jobs.stream().sorted(Comparator.comparing(job -> job.id().toString())).toList();
    Rows.of(jdbc.sql(DISPATCHED), sorted)
        .column("ids", "uuid", Dispatchable::id)
        .column("fences", "integer", Dispatchable::fence)
        .bound()
        .param("least", Columns.seconds(least))
        .param("most", Columns.seconds(LONGEST))
        .update();
  }

  /**
   * The turn that an owner's jobs of one priority have reached: its own last, or the one being
   * served if that is later.
   */
  public long servedTurn(int versionId, int priority, String owner) {
    return jdbc.sql(SERVED_TURN)
        .param("version", versionId)
        .param("priority", priority)
        .param("owner", owner)
        .param("lookBack", LOOK_BACK)
        .query(Long.class)
        .single();
  }
}
