package io.mlp.worker.job;

import io.mlp.job.Failure;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Gives claimed jobs back to the queue: after a failed attempt, or undone because the worker stops.
 */
@Component
public class JobReturns {
  private static final String REQUEUE =
      """
      with returned as (
        update live
        set lease_until = null, worker_id = null, claimed_at = null, alone = false,
            ready_at = now() + make_interval(secs => ?), due_at = now() + make_interval(secs => ?)
        where job_id = ? and fence = ? and lease_until is not null
        returning job_id, fence
      )
      insert into attempt (job_id, fence, worker_id, started_at, kind, detail)
      select job_id, fence, ?, ?, ?, ? from returned
      """;

  private static final String RELEASE =
      """
      update live
      set lease_until = null, worker_id = null, claimed_at = null, alone = false,
          attempts = attempts - 1, ready_at = now(), due_at = now()
      where job_id = ? and fence = ? and lease_until is not null
      """;

  private final JdbcTemplate jdbc;
  private final WorkerIdentity worker;
  private final JobSettings settings;

  JobReturns(@Qualifier("claims") JdbcTemplate jdbc, WorkerIdentity worker, JobSettings settings) {
    this.jdbc = jdbc;
    this.worker = worker;
    this.settings = settings;
  }

  /**
   * Queues the job again, to be claimed after a backoff; the attempt is kept as history.
   *
   * @return false if the job was taken away meanwhile
   */
  public boolean requeue(JobOutcome.Failed failed) {
    ClaimedJob job = failed.job();
    Failure failure = failed.failure();
    double seconds = backoffSeconds(job.attempts());
    int queued =
        jdbc.update(
            REQUEUE,
            seconds,
            seconds,
            job.id(),
            job.fence(),
            worker.id(),
            java.sql.Timestamp.from(job.claimedAt()),
            failure.kind().text(),
            failure.detail());
    return queued == 1;
  }

  /** Doubles with each attempt up to the limit, and lies between half of that and the whole. */
  private double backoffSeconds(int attempts) {
    double doubled = (double) settings.backoff().toMillis() * Math.pow(2, attempts - 1.0);
    double most = Math.min(doubled, (double) settings.maxBackoff().toMillis());
    return most * (0.5 + Math.random() / 2) / 1000;
  }

  /**
   * Gives jobs back at once as if they had never been claimed: no attempt is spent.
   *
   * @return how many; the others were taken away meanwhile
   */
  public int release(Collection<ClaimedJob> jobs) {
    List<Object[]> rows =
        jobs.stream()
            .sorted(Comparator.comparing(job -> job.id().toString()))
            .map(job -> new Object[] {job.id(), job.fence()})
            .toList();
    return Arrays.stream(jdbc.batchUpdate(RELEASE, rows)).sum();
  }
}
