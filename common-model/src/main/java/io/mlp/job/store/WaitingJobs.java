package io.mlp.job.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs that wait for a worker and want a ticket, and the fair queue of a {@link Backlog}. */
public class WaitingJobs {
  private static final String DUE = Sql.read("due");
  private static final String DISPATCH_DUE = Sql.read("dispatch_due");
  private static final String REDISPATCH = Sql.read("redispatch");
  private static final String SETTLED = Sql.read("settled");
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
   * What wants a ticket by now. Each version has a time of its own: jobs of one that wait long for
   * room do not make the looks at the others longer.
   *
   * @param firsts of each version of such jobs: since when the first of them wants it
   * @param asked when was looked
   */
  public record Due(Map<Integer, Instant> firsts, Instant asked) {
    /** Before anything was asked. */
    public static final Due NOTHING = new Due(Map.of(), Instant.EPOCH);

    public Due {
      firsts = Map.copyOf(firsts);
    }

    /** The versions of the jobs. */
    public Set<Integer> versions() {
      return firsts.keySet();
    }

    /** When nothing of that version is left. */
    public Due without(int versionId) {
      Map<Integer, Instant> others = new HashMap<>(firsts);
      others.remove(versionId);
      return new Due(others, asked);
    }

    private Due and(Due later) {
      Map<Integer, Instant> all = new HashMap<>(firsts);
      later.firsts.forEach(
          (version, first) -> all.merge(version, first, (a, b) -> a.isBefore(b) ? a : b));
      return new Due(all, later.asked);
    }
  }

  /** What was due before, and what is since. */
  public Due due(Due before) {
    return before.and(
        jdbc.sql(DUE)
            .param("since", Columns.time(before.asked.minus(LATE)))
            .query((row, _) ->
                new Due(Columns.instants(row, "versions", "firsts"), Columns.instant(row, "asked")))
            .single());
  }

  /** Takes jobs of one version that are due, those of the highest priority first. */
  public List<Dispatchable> dispatch(int versionId, Due due, int most) {
    return jdbc.sql(DISPATCH_DUE)
        .param("version", versionId)
        .param("since", Columns.time(due.firsts.getOrDefault(versionId, due.asked)))
        .param("most", most)
        .query((row, _) -> Dispatchable.of(row))
        .list();
  }

  /** Lets all jobs of these versions that have a ticket get another one. */
  public void redispatch(Set<Integer> versions) {
    Settled settled = settled();
    PageWalk.withoutRest()
        .walk(
            jdbc.sql(PAGES).query(Long.class).single(),
            pages -> redispatch(pages, settled, versions, LONGEST));
  }

  /** Which jobs of backlogs have lost their tickets; for each version a number a priority. */
  record Settled(List<Integer> versions, List<Long> sequences) {}

  /** As it is now. It only rises, so that some time later it still holds. */
  Settled settled() {
    Settled settled = new Settled(new ArrayList<>(), new ArrayList<>());
    jdbc.sql(SETTLED)
        .query(row -> {
          settled.versions.add(row.getInt("model_version_id"));
          settled.sequences.addAll(Columns.longs(row, "settled"));
        });
    return settled;
  }

  /**
   * Lets jobs in some pages get another ticket whose own seems lost.
   *
   * @param lost versions all of whose tickets are
   * @param least how long ago a ticket was sent at least that seems so
   */
  int redispatch(PageWalk.Pages pages, Settled settled, Set<Integer> lost, Duration least) {
    return jdbc.sql(REDISPATCH)
        .param("from", pages.firstRow())
        .param("to", pages.rowBehind())
        .param("versions", Columns.array("integer", settled.versions))
        .param("settled", Columns.array("bigint", settled.sequences))
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
