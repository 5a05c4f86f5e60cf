package io.mlp.job.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs that wait for a worker and want a ticket, and the fair queue of a {@link Backlog}. */
public class WaitingJobs {
  private static final String DUE = Sql.read("due");
  private static final String DISPATCH_DUE = Sql.read("dispatch_due");
  private static final String REDISPATCH = Sql.read("redispatch");
  private static final String FAIR_SEQUENCE = Sql.read("fair_sequence");
  private static final String PAGES = Sql.read("pages");

  /** How far back an owner's last sequence is looked for in a long backlog. */
  static final int LOOK_BACK = 10_000;

  /** The longest that a job waits for another ticket. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** How long a commit may take that is still noticed at once. */
  private static final Duration LATE = Duration.ofSeconds(10);

  private final JdbcClient jdbc;

  public WaitingJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * What wants a ticket by now.
   *
   * @param versions those of the jobs
   * @param first what to ask with the next time
   */
  public record Due(Set<Integer> versions, Instant first) {
    /** Before anything was asked. */
    public static final Due NOTHING = new Due(Set.of(), Instant.EPOCH);

    private Instant since() {
      return first.minus(LATE);
    }
  }

  /** Versions of jobs that want a ticket since some time, by what was due before. */
  public Due due(Due before) {
    return jdbc.sql(DUE)
        .param("since", Columns.time(before.since()))
        .query(
            (row, _) -> new Due(Columns.integers(row, "versions"), Columns.instant(row, "first")))
        .single();
  }

  /** Takes jobs of one version that are due, those of the highest priority first. */
  public List<Dispatchable> dispatch(int versionId, Due due, int most) {
    return jdbc.sql(DISPATCH_DUE)
        .param("version", versionId)
        .param("since", Columns.time(due.since()))
        .param("most", most)
        .query((row, _) -> Dispatchable.of(row))
        .list();
  }

  /** Lets all jobs of these versions that have a ticket get another one. */
  public void redispatch(Set<Integer> versions) {
    PageWalk.withoutRest()
        .walk(
            jdbc.sql(PAGES).query(Long.class).single(),
            pages -> redispatch(pages, versions, LONGEST));
  }

  /**
   * Lets jobs in some pages get another ticket whose own seems lost.
   *
   * @param lost versions all of whose tickets are
   * @param least how long ago a ticket was sent at least that seems so
   */
  int redispatch(PageWalk.Pages pages, Set<Integer> lost, Duration least) {
    return jdbc.sql(REDISPATCH)
        .param("from", pages.firstRow())
        .param("to", pages.rowBehind())
        .param("lost", Columns.array("integer", lost))
        .param("least", Columns.seconds(least))
        .param("most", Columns.seconds(LONGEST))
        .update();
  }

  /**
   * The sequence that an owner's jobs of one priority have reached in a version's backlog: its own
   * last, or the virtual time if that is later.
   */
  public long fairSequence(int versionId, int priority, String owner) {
    return jdbc.sql(FAIR_SEQUENCE)
        .param("version", versionId)
        .param("priority", priority)
        .param("owner", owner)
        .param("lookBack", LOOK_BACK)
        .query(Long.class)
        .single();
  }
}
