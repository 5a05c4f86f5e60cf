package io.mlp.job.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The jobs that wait for a worker, and the order in which they are claimed. */
public class WaitingJobs {
  private static final String DUE_VERSIONS = Sql.read("due_versions");
  private static final String WAITING = Sql.read("waiting");
  private static final String ANY_WAITING = Sql.read("any_waiting");
  private static final String SERVED_TURN = Sql.read("served_turn");

  /** How far back an owner's last turn is looked for in a long queue. */
  private static final int LOOK_BACK = 10_000;

  private final JdbcClient jdbc;

  public WaitingJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Model versions, but for these, that have a job waiting which wants a ticket by now. */
  public Set<Integer> dueVersions(Set<Integer> except) {
    Integer[] ids = except.toArray(Integer[]::new);
    return new HashSet<>(
        jdbc.sql(DUE_VERSIONS).param("except", ids).query((row, _) -> row.getInt("id")).list());
  }

  /** Whether a job of a version waits. */
  public boolean any(int versionId) {
    return jdbc.sql(ANY_WAITING).param("version", versionId).query(Boolean.class).single();
  }

  /** Waiting jobs of a version in the order of claiming, without the first {@code skip}. */
  public List<UUID> jobs(int versionId, int skip, int most) {
    return jdbc.sql(WAITING)
        .param("version", versionId)
        .param("skip", skip)
        .param("most", most)
        .query((row, _) -> Columns.id(row, "job_id"))
        .list();
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
