package io.mlp.job.store;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The jobs that wait for retired versions. What is decided about a job holds only if it has not
 * moved on when it is written, so any number of processes may decide.
 */
public class OrphanedJobs {
  private static final String PAGES = Sql.read("pages");
  private static final String ORPHANED = Sql.read("orphaned");
  private static final String REASSIGN = Sql.read("reassign");

  /** Jobs of one step. */
  private static final int STEP = 64;

  /** Bytes of inputs of one step, unless a single job has more. */
  private static final int STEP_BYTES = 16 << 20;

  private final JdbcClient jdbc;
  private final JobEndings endings;
  private final PageWalk walk = PageWalk.withShortRests();

  public OrphanedJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.endings = new JobEndings(jdbc);
  }

  /** What is decided about some jobs; tells how many of them wait no more. */
  public interface Decision {
    int about(List<OrphanedJob> jobs);
  }

  /**
   * Has it decided about all jobs that wait for a version, some at a time.
   *
   * @return how many wait no more
   */
  public int decide(int version, Decision decision) {
    AtomicInteger all = new AtomicInteger();
    walk.walk(
        jdbc.sql(PAGES).query(Long.class).single(),
        pages -> {
          int moved = decision.about(jobs(pages, version));
          while (moved > 0) {
            all.addAndGet(moved);
            moved = decision.about(jobs(pages, version));
          }
        });
    return all.get();
  }

  /** Some of the jobs in some pages that wait for a version. */
  public List<OrphanedJob> jobs(PageWalk.Pages pages, int version) {
    return jdbc.sql(ORPHANED)
        .param("from", pages.firstRow())
        .param("to", pages.rowBehind())
        .param("version", version)
        .param("most", STEP)
        .param("mostBytes", STEP_BYTES)
        .query((row, _) ->
            new OrphanedJob(
                Columns.id(row, "id"),
                row.getInt("fence"),
                row.getBoolean("pinned"),
                Columns.inputs(row),
                Columns.options(row)))
        .list();
  }

  /** Lets them wait for another version, and tells how many it took. */
  public int reassign(List<OrphanedJob> jobs, int to) {
    return jobs.isEmpty()
        ? 0
        : Rows.of(jdbc.sql(REASSIGN), jobs)
            .column("ids", "uuid", OrphanedJob::id)
            .column("fences", "integer", OrphanedJob::fence)
            .bound()
            .param("to", to)
            .param("lookBack", WaitingJobs.LOOK_BACK)
            .update();
  }

  /** Ends them as {@code model_unavailable}, and tells how many. */
  public int abandon(List<OrphanedJob> jobs, String detail) {
    Failure failure = new Failure(FailureKind.MODEL_UNAVAILABLE, detail);
    return endings
        .end(jobs.stream().map(job -> Ending.abandoned(job.id(), job.fence(), failure)).toList())
        .size();
  }
}
