package io.mlp.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.job.JobIds;
import io.mlp.job.JobStatus;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.StoredJobs;
import io.mlp.worker.job.HandWorker;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A canceled job has that one outcome, whatever its worker does before, after or meanwhile. */
@ExtendWith(SharedStack.class)
class CancelIT {
  private static final int ROUNDS = 200;

  private final Database database;
  private final JobTable jobs;
  private final int version;
  private final HandWorker worker;
  private final StoredJobs stored;

  CancelIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.worker = new HandWorker(database);
    this.stored = new StoredJobs(database.sql());
  }

  @AfterEach
  void closeWorker() {
    worker.close();
  }

  /**
   * Cancels the job as it stands, once more if it moves on; false if there is nothing to cancel.
   */
  private boolean cancel(UUID id) {
    Optional<StoredJobs.Standing> standing = stored.standing(id, null);
    while (standing.isPresent() && !standing.get().status().terminal()) {
      if (stored.cancel(id, standing.get())) {
        return true;
      }
      standing = stored.standing(id, null);
    }
    return false;
  }

  private int fence(UUID id) {
    return database
        .sql()
        .sql("select fence from job where id = ?")
        .param(id)
        .query(Integer.class)
        .single();
  }

  @Test
  void aWaitingJobIsCanceled_thoughNoWorkerLives() {
    UUID id = jobs.add(NewRow.of(version));
    assertThat(cancel(id)).isTrue();
    JobTable.JobRow row = jobs.job(id);
    assertThat(row.status()).isEqualTo("canceled");
    assertThat(row.attempts()).isZero();
    assertThat(row.startedAt()).isNull();
    assertThat(row.worker()).isNull();
    assertThat(row.completedAt()).isNotNull();
    assertThat(row.expiresAt()).isAfter(row.completedAt());
    assertThat(jobs.live(id)).isEmpty();
    assertThat(jobs.attempts(id)).isEmpty();
    assertThat(worker.claim(version, 10)).isEmpty();
  }

  @Test
  void aRunningJobIsCanceled_andWhatItsWorkerStillRecordsIsRefused() {
    UUID id = jobs.add(NewRow.of(version));
    register(worker);
    ClaimedJob job = worker.claimOne(version);
    assertThat(cancel(id)).isTrue();
    JobTable.JobRow canceled = jobs.job(id);
    assertThat(canceled.status()).isEqualTo("canceled");
    assertThat(canceled.attempts()).isEqualTo(1);
    assertThat(canceled.startedAt()).isEqualTo(job.claimedAt().toString());
    assertThat(canceled.worker()).isEqualTo(worker.identity().name());
    assertThat(fence(id)).isEqualTo(job.fence() + 1);
    assertThat(jobs.attempts(id))
        .containsExactly(
            new JobTable.AttemptRow(
                job.fence(), worker.identity().id(), "canceled", "Its client canceled the job"));
    assertThat(worker.record(HandWorker.success(job))).isEmpty();
    assertThat(jobs.job(id)).isEqualTo(canceled);
  }

  private void register(HandWorker worker) {
    database
        .sql()
        .sql("insert into worker (id, name) values (?, ?)")
        .params(worker.identity().id(), worker.identity().name())
        .update();
  }

  /** Its last attempt has a row of its own, which tells why it was given back. */
  @Test
  void aJobThatWaitsForItsNextAttemptIsCanceledWithoutAnotherOne() {
    UUID id = jobs.add(NewRow.of(version));
    worker.claimOne(version);
    jobs.update(id, "lease_until = null, claimed_at = null, worker_id = null");
    assertThat(cancel(id)).isTrue();
    assertThat(jobs.job(id).attempts()).isEqualTo(1);
    assertThat(fence(id)).isEqualTo(2);
    assertThat(jobs.attempts(id)).isEmpty();
  }

  @Test
  void aJobThatHasEndedStaysAsItIs() {
    UUID id = jobs.add(NewRow.of(version));
    worker.record(HandWorker.success(worker.claimOne(version)));
    JobTable.JobRow ended = jobs.job(id);
    assertThat(cancel(id)).isFalse();
    assertThat(jobs.job(id)).isEqualTo(ended);
    assertThat(stored.standing(id, null).orElseThrow().status()).isEqualTo(JobStatus.SUCCEEDED);
  }

  @Test
  void aJobIsCanceledOnce() {
    UUID id = jobs.add(NewRow.of(version));
    assertThat(cancel(id)).isTrue();
    JobTable.JobRow canceled = jobs.job(id);
    assertThat(cancel(id)).isFalse();
    assertThat(jobs.job(id)).isEqualTo(canceled);
  }

  @Test
  void aJobThatIsNotThereIsNotCanceled() {
    UUID id = JobIds.next();
    assertThat(cancel(id)).isFalse();
    assertThat(stored.standing(id, null)).isEmpty();
  }

  /** At the same moment, so often that each comes first at times. */
  @Test
  void ofACancelAndARecordAtTheSameMomentOneIsTaken() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    Map<JobStatus, Integer> ended = new EnumMap<>(JobStatus.class);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        UUID id = jobs.add(NewRow.of(version));
        ClaimedJob job = worker.claimOne(version);
        Future<Boolean> canceled =
            threads.submit(() -> {
              start.await();
              return cancel(id);
            });
        Future<List<UUID>> recorded =
            threads.submit(() -> {
              start.await();
              return worker.record(HandWorker.success(job));
            });
        JobStatus outcome = canceled.get() ? JobStatus.CANCELED : JobStatus.SUCCEEDED;
        assertThat(recorded.get().isEmpty()).isEqualTo(canceled.get());
        assertThat(jobs.job(id).status()).isEqualTo(outcome.text());
        assertThat(jobs.attempts(id)).hasSize(canceled.get() ? 1 : 0);
        assertThat(jobs.live(id)).isEmpty();
        ended.merge(outcome, 1, Integer::sum);
      }
    }
    assertThat(ended).as("both came first at times").hasSize(2);
  }

  /** A job that is claimed just then is canceled as running, or was never claimed. */
  @Test
  void ofACancelAndAClaimAtTheSameMomentTheCancelStands() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        UUID id = jobs.add(NewRow.of(version));
        Future<Boolean> canceled =
            threads.submit(() -> {
              start.await();
              return cancel(id);
            });
        Future<List<ClaimedJob>> claimed =
            threads.submit(() -> {
              start.await();
              return worker.claim(version, 1);
            });
        assertThat(canceled.get()).isTrue();
        assertThat(jobs.job(id).status()).isEqualTo("canceled");
        assertThat(jobs.job(id).attempts()).isEqualTo(claimed.get().size());
        assertThat(jobs.attempts(id)).hasSize(claimed.get().size());
        assertThat(jobs.live(id)).isEmpty();
      }
    }
  }
}
