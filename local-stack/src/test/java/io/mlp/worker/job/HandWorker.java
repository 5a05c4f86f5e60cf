package io.mlp.worker.job;

import io.mlp.flow.Database;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.Dispatchable;
import io.mlp.job.store.JobEndings;
import io.mlp.job.store.JobLeases;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A worker's hands on the database, moved by a test instead of by tickets. */
public final class HandWorker implements AutoCloseable {
  /** Long enough that none runs out or is renewed by itself during a test. */
  public static final Duration LEASE = Duration.ofMinutes(10);

  public static final Duration BACKOFF = Duration.ofSeconds(100);
  static final Duration MAX_BACKOFF = Duration.ofMinutes(5);

  private final WorkerIdentity identity = WorkerIdentity.create();
  private final WorkerJobs jobs;
  private final Database database;
  private final LeaseKeeper leases;

  public HandWorker(Database database) {
    JobLeases claims = new JobLeases(database.sql());
    JobSettings settings = new JobSettings(LEASE, BACKOFF, MAX_BACKOFF);
    this.jobs = new WorkerJobs(claims, new JobEndings(database.sql()), identity, settings);
    this.database = database;
    this.leases = new LeaseKeeper(claims, settings);
  }

  /** Another worker than any before. */
  public static WorkerIdentity newIdentity() {
    return WorkerIdentity.create();
  }

  public WorkerIdentity identity() {
    return identity;
  }

  /**
   * Claims up to so many of those that wait, in their order, as by the tickets that the dispatcher
   * would send: a poison candidate that comes first is claimed by itself, others are passed over.
   */
  public List<ClaimedJob> claim(int modelVersionId, int most) {
    List<Dispatchable> first =
        database
            .sql()
            .sql(
                """
                select job_id, fence, poison_candidate from live
                where model_version_id = ? and lease_until is null and ready_at <= now()
                order by priority desc, sequence, job_id limit ?
                """)
            .params(modelVersionId, most)
            .query((row, _) ->
                new Dispatchable(
                    new WaitingJob(
                        row.getObject("job_id", UUID.class), row.getInt("fence"), 0, null),
                    row.getBoolean("poison_candidate")))
            .list();
    boolean isolated = !first.isEmpty() && first.getFirst().poisonCandidate();
    return jobs.claim(
        first.stream()
            .filter(job -> job.poisonCandidate() == isolated)
            .limit(isolated ? 1 : most)
            .map(Dispatchable::job)
            .toList(),
        isolated);
  }

  /** Claims the one job that waits. */
  public ClaimedJob claimOne(int modelVersionId) {
    List<ClaimedJob> claimed = claim(modelVersionId, 2);
    if (claimed.size() != 1) {
      throw new AssertionError("%d jobs wait (expected: 1)".formatted(claimed.size()));
    }
    return claimed.getFirst();
  }

  /** The ids of those that the database took. */
  public List<UUID> record(JobOutcome... outcomes) {
    return jobs.record(List.of(outcomes), "d".repeat(64)).stream()
        .map(recorded -> recorded.outcome().job().id())
        .toList();
  }

  public WorkerJobs jobs() {
    return jobs;
  }

  LeaseKeeper leases() {
    return leases;
  }

  /** That the job succeeded, with no outputs. */
  public static JobOutcome success(ClaimedJob job) {
    return new JobOutcome.Succeeded(job, List.of(), null, Duration.ofMillis(2), 1, null);
  }

  @Override
  public void close() {
    leases.destroy();
  }
}
