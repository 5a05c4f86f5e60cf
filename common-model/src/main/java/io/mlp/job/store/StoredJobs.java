package io.mlp.job.store;

import io.mlp.job.Job;
import io.mlp.job.JobStatus;
import io.mlp.job.WaitingJob;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs as they are at this moment, and what their clients may do with them. */
public class StoredJobs {
  private static final String FIND = Sql.read("find");
  private static final String FIND_FINISHED = Sql.read("find_finished");
  private static final String STANDING = Sql.read("standing");
  private static final String PAGE = Sql.read("page");
  private static final String LAST_SCANNED = Sql.read("last_scanned");
  private static final String RETRY = Sql.read("retry");
  private static final String DELETE = Sql.read("delete");

  /** Most bytes, as they are stored, of outputs that come with their job. */
  private static final int SMALL = 64 << 10;

  /** Most bytes, as they are stored, of predictions that are shown. */
  private static final int SHOWN_PREDICTIONS = 1 << 20;

  private final JdbcClient jdbc;
  private final JobEndings endings;

  public StoredJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
    this.endings = new JobEndings(jdbc);
  }

  /**
   * With its outputs if they are small, and its predictions unless there are too many to show.
   *
   * @param owner whose job it has to be; null for anybody's
   */
  public Optional<FoundJob> find(UUID id, @Nullable String owner) {
    return jdbc.sql(FIND)
        .param("small", SMALL)
        .param("shown", SHOWN_PREDICTIONS)
        .param("id", id)
        .param("owner", owner)
        .query((row, _) -> JobRows.found(row))
        .optional();
  }

  /**
   * Those of these jobs that have ended, with outputs and predictions if both are small. Where
   * either is not, the outputs count as large.
   */
  public List<FoundJob> findFinished(List<UUID> ids) {
    return jdbc.sql(FIND_FINISHED)
        .param("small", SMALL)
        .param("ids", ids.toArray(UUID[]::new))
        .query((row, _) -> JobRows.found(row))
        .list();
  }

  /** Reads outputs that did not come with their job. */
  public OutputPieces pieces(LargeOutputs outputs) {
    return new OutputPieces(jdbc, outputs);
  }

  /**
   * A page of jobs, newest first. The database looks at no more than {@code filter.scan()} jobs, so
   * a rare status may give a short page, or an empty one, with an id to go on from.
   */
  public JobPage page(JobFilter filter) {
    List<Job> jobs =
        jdbc.sql(PAGE)
            .param("before", filter.before())
            .param("from", filter.from())
            .param("owner", filter.owner())
            .param("scan", filter.scan())
            .param("model", filter.model())
            .param("version", filter.version())
            .param("status", filter.status())
            .param("most", filter.limit())
            .query((row, _) -> JobRows.facts(row))
            .list();
    return new JobPage(jobs, next(filter, jobs));
  }

  private @Nullable UUID next(JobFilter filter, List<Job> jobs) {
    if (jobs.size() == filter.limit()) {
      return jobs.getLast().id();
    }
    return jdbc.sql(LAST_SCANNED)
        .param("before", filter.before())
        .param("from", filter.from())
        .param("owner", filter.owner())
        .param("last", filter.scan() - 1)
        .query((row, _) -> Columns.id(row, "id"))
        .optional()
        .orElse(null);
  }

  /**
   * Where a job stands.
   *
   * @param expired whether the time is over for which it is kept after its end
   */
  public record Standing(
      int versionId, int priority, String owner, JobStatus status, int fence, boolean expired) {}

  /**
   * Empty if there is no such job.
   *
   * @param whose the owner that it has to have; null for anybody's
   */
  public Optional<Standing> standing(UUID id, @Nullable String whose) {
    return jdbc.sql(STANDING)
        .param("id", id)
        .param("owner", whose)
        .query((row, _) ->
            new Standing(
                row.getInt("model_version_id"),
                row.getInt("priority"),
                row.getString("owner"),
                JobStatus.of(row.getString("status")).orElseThrow(),
                row.getInt("fence"),
                row.getBoolean("expired")))
        .optional();
  }

  /** Ends an unfinished job on its client's wish; false if it has moved on since it stood so. */
  public boolean cancel(UUID id, Standing standing) {
    boolean running = standing.status == JobStatus.RUNNING;
    return !endings.end(List.of(Ending.canceled(id, standing.fence, running))).isEmpty();
  }

  /**
   * Lets a job wait again that has ended without a result.
   *
   * @param sequence its place in the backlog; null if its ticket is sent now
   * @return how it waits; empty if it has not ended so, is being retried by another request or is
   *     kept no longer
   */
  public Optional<WaitingJob> retry(UUID id, @Nullable Long sequence) {
    return jdbc.sql(RETRY)
        .param("id", id)
        .param("sequence", sequence)
        .query((row, _) -> Dispatchable.waiting(row))
        .optional();
  }

  /** Deletes a job that has ended, with its attempts; false if there is none that has ended. */
  public boolean delete(UUID id) {
    return jdbc.sql(DELETE).param("id", id).update() > 0;
  }
}
