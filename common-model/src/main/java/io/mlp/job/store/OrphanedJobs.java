package io.mlp.job.store;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The jobs that wait for retired versions. What is decided about a job holds only if it has not
 * moved on when it is written, so any number of processes may decide.
 */
public class OrphanedJobs {
  private static final String ORPHANED_VERSIONS = Sql.read("orphaned_versions");
  private static final String ORPHANED = Sql.read("orphaned");
  private static final String REASSIGN = Sql.read("reassign");

  /** Jobs of one step. */
  private static final int STEP = 64;

  /** Bytes of inputs of one step, unless a single job has more. */
  private static final int STEP_BYTES = 16 << 20;

  private final JdbcClient jdbc;
  private final JobEndings endings;

  public OrphanedJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.endings = new JobEndings(jdbc);
  }

  /** Retired versions that jobs wait for. */
  public List<Integer> versions() {
    return jdbc.sql(ORPHANED_VERSIONS).query((row, _) -> row.getInt("id")).list();
  }

  /** The first of those that wait, in the order of claiming. */
  public List<OrphanedJob> jobs(int version) {
    return jdbc.sql(ORPHANED)
        .param("version", version)
        .param("most", STEP)
        .param("mostBytes", STEP_BYTES)
        .query((row, _) ->
            new OrphanedJob(
                Columns.id(row, "id"),
                row.getInt("fence"),
                row.getBoolean("pinned"),
                Columns.inputs(row),
                Columns.requestedOutputs(row)))
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
