package io.mlp.worker.job;

import io.mlp.flow.Database;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** A worker's hands on the database, moved by a test instead of by tickets. */
public final class HandWorker implements AutoCloseable {
  /** Long enough that none runs out or is renewed by itself during a test. */
  public static final Duration LEASE = Duration.ofMinutes(10);

  public static final Duration BACKOFF = Duration.ofSeconds(100);
  static final Duration MAX_BACKOFF = Duration.ofMinutes(5);

  private final WorkerIdentity identity = WorkerIdentity.create();
  private final JobClaims claims;
  private final JobRecords records;
  private final JobReturns returns;
  private final LeaseKeeper leases;

  public HandWorker(Database database) {
    JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
    JobSettings settings = new JobSettings(LEASE, BACKOFF, MAX_BACKOFF);
    this.claims = new JobClaims(jdbc, identity, settings);
    this.records = new JobRecords(jdbc, identity);
    this.returns = new JobReturns(jdbc, identity, settings);
    this.leases = new LeaseKeeper(jdbc, settings);
  }

  /** Another worker than any before. */
  public static WorkerIdentity newIdentity() {
    return WorkerIdentity.create();
  }

  public WorkerIdentity identity() {
    return identity;
  }

  public List<ClaimedJob> claim(int modelVersionId, int most) {
    return claims.claim(modelVersionId, most);
  }

  /** Says that the suspect runs with nothing beside it now. */
  public boolean markAlone(ClaimedJob job) {
    return claims.markAlone(job);
  }

  /** Claims the one job that waits. */
  public ClaimedJob claimOne(int modelVersionId) {
    List<ClaimedJob> jobs = claim(modelVersionId, 2);
    if (jobs.size() != 1) {
      throw new AssertionError("%d jobs wait (expected: 1)".formatted(jobs.size()));
    }
    return jobs.getFirst();
  }

  /** The ids of those that the database took. */
  public List<UUID> record(JobOutcome... outcomes) {
    return records.record(List.of(outcomes), "d".repeat(64)).stream()
        .map(recorded -> recorded.outcome().job().id())
        .toList();
  }

  JobRecords records() {
    return records;
  }

  public JobReturns returns() {
    return returns;
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
