package io.mlp.api.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.Moves;
import io.mlp.flow.SharedStack;
import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.job.HandWorker;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A deadline is kept whether a job waits or runs, and whether or not a worker lives. */
@ExtendWith(SharedStack.class)
class DeadlineSweepIT {
  private static final int BATCH = 10;

  private final Database database;
  private final JobTable jobs;
  private final int version;
  private final HandWorker worker;
  private final Moves moves = new Moves();
  private final DeadlineSweep sweep;

  DeadlineSweepIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.worker = new HandWorker(database);
    this.sweep =
        new DeadlineSweep(
            database.upkeep(moves),
            new UpkeepSettings(
                Duration.ofSeconds(1), BATCH, Duration.ofSeconds(1), Duration.ofMinutes(1)));
  }

  @AfterEach
  void closeWorker() {
    worker.close();
  }

  @Test
  void aWaitingJobExpires() {
    UUID id = jobs.add(NewRow.of(version));
    jobs.passDeadline(id);
    assertThat(sweep.sweep()).isEqualTo(1);
    JobTable.JobRow row = jobs.job(id);
    assertThat(row.status()).isEqualTo("expired");
    assertThat(row.attempts()).isZero();
    assertThat(row.startedAt()).isNull();
    assertThat(row.completedAt()).isNotNull();
    assertThat(row.expiresAt()).isAfter(row.completedAt());
    assertThat(jobs.live(id)).isEmpty();
    assertThat(jobs.attempts(id)).isEmpty();
    assertThat(moves.told()).containsExactly(version + " expired");
  }

  @Test
  void aRunningJobExpires_andWhatItsWorkerStillRecordsIsRefused() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob job = worker.claimOne(version);
    jobs.passDeadline(id);
    assertThat(sweep.sweep()).isEqualTo(1);
    JobTable.JobRow expired = jobs.job(id);
    assertThat(expired.status()).isEqualTo("expired");
    assertThat(expired.attempts()).isEqualTo(1);
    assertThat(expired.startedAt()).isNotNull();
    assertThat(jobs.attempts(id))
        .containsExactly(
            new JobTable.AttemptRow(
                job.fence(), worker.identity().id(), "expired", "The job's deadline passed"));
    assertThat(worker.record(HandWorker.success(job))).isEmpty();
    assertThat(jobs.job(id)).isEqualTo(expired);
    assertThat(jobs.live(id)).isEmpty();
  }

  /** A retry counts on from there. */
  @Test
  void theFenceOutlivesTheRowThatItWasCountedIn() {
    UUID id = jobs.add(NewRow.of(version));
    jobs.update(id, "fence = 7");
    jobs.passDeadline(id);
    sweep.sweep();
    assertThat(database.count("job where id = ? and fence = 8", id)).isEqualTo(1);
  }

  @Test
  void aJobInTimeOrWithoutADeadlineIsLeftAlone() {
    UUID inTime = jobs.add(NewRow.of(version));
    jobs.update(inTime, "deadline = now() + interval '1 hour'");
    UUID without = jobs.add(NewRow.of(version));
    assertThat(sweep.sweep()).isZero();
    assertThat(List.of(inTime, without)).allMatch(id -> jobs.live(id).isPresent());
  }

  @Test
  void manyJobsExpireInBatches_andAllInOneRun() {
    List<UUID> ids = jobs.add(NewRow.of(version), 2 * BATCH + 5);
    ids.forEach(jobs::passDeadline);
    assertThat(sweep.sweep()).isEqualTo(BATCH);
    sweep.run();
    assertThat(ids).allMatch(id -> jobs.job(id).status().equals("expired"));
    assertThat(database.count("live where deadline < now()")).isZero();
  }
}
