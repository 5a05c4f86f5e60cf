package io.mlp.api.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.StoredJobs;
import io.mlp.worker.job.HandWorker;
import io.mlp.worker.job.JobOutcome;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A retried job is as new, but for its past, which stays past. */
@ExtendWith(SharedStack.class)
class RetryIT {
  private static final int ROUNDS = 100;
  private static final long SEQUENCE = 17;
  private static final Failure FAILURE = new Failure(FailureKind.MODEL_ERROR, "it broke");

  private final Database database;
  private final JobTable jobs;
  private final int version;
  private final HandWorker worker;
  private final StoredJobs stored;

  RetryIT(Database database) {
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

  private boolean retry(UUID id) {
    return stored.retry(id, SEQUENCE).isPresent();
  }

  private UUID failed() {
    UUID id = jobs.add(NewRow.of(version).maxAttempts(1));
    worker.record(new JobOutcome.Failed(worker.claimOne(version), FAILURE));
    return id;
  }

  private UUID canceled() {
    UUID id = jobs.add(NewRow.of(version));
    stored.cancel(id, stored.standing(id, null).orElseThrow());
    return id;
  }

  @Test
  void aFailedJobWaitsAgain_withAFreshBudgetAndNothingOfItsOutcome() {
    UUID id = failed();
    assertThat(retry(id)).isTrue();
    assertThat(jobs.job(id))
        .isEqualTo(
            new JobTable.JobRow(
                "queued", 0, 2, null, null, null, null, null, null, null, null, null));
    JobTable.LiveRow row = jobs.live(id).orElseThrow();
    assertThat(row.attempts()).isZero();
    assertThat(row.leaseLeft()).isNull();
    assertThat(row.readyIn()).isNegative();
    assertThat(row.dispatchIn()).as("the backlog comes to it").isNull();
    assertThat(
            database.count(
                """
                live l join job j on j.id = l.job_id
                where j.id = ? and l.model_version_id = j.model_version_id
                  and l.priority = j.priority and l.owner = j.owner
                  and l.max_attempts = j.max_attempts and l.sequence = ?
                """,
                id,
                SEQUENCE))
        .isEqualTo(1);
  }

  @Test
  void itsHistoryIsKept_andGoesOn() {
    UUID id = failed();
    retry(id);
    worker.record(new JobOutcome.Failed(worker.claimOne(version), FAILURE));
    retry(id);
    worker.record(new JobOutcome.Failed(worker.claimOne(version), FAILURE));
    assertThat(jobs.attempts(id)).extracting(JobTable.AttemptRow::fence).containsExactly(1, 4, 7);
    assertThat(jobs.job(id).status()).isEqualTo("failed");
    assertThat(jobs.job(id).attempts()).isEqualTo(1);
  }

  @Test
  void aRetriedJobSucceeds() {
    UUID id = failed();
    retry(id);
    assertThat(worker.record(HandWorker.success(worker.claimOne(version)))).containsExactly(id);
    assertThat(jobs.job(id).status()).isEqualTo("succeeded");
    assertThat(jobs.job(id).failureKind()).isNull();
    assertThat(jobs.live(id)).isEmpty();
  }

  /** Whoever held the job before says so too late: before, while and after it runs again. */
  @Test
  void whatAWorkerOfBeforeRecordsIsRefused() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob before = worker.claimOne(version);
    stored.cancel(id, stored.standing(id, null).orElseThrow());
    retry(id);
    assertThat(worker.record(HandWorker.success(before))).isEmpty();
    try (HandWorker other = new HandWorker(database)) {
      ClaimedJob after = other.claimOne(version);
      assertThat(after.fence()).isGreaterThan(before.fence());
      assertThat(worker.record(HandWorker.success(before))).isEmpty();
      assertThat(jobs.live(id).orElseThrow().worker()).isEqualTo(other.identity().id());
      assertThat(other.record(HandWorker.success(after))).containsExactly(id);
    }
    JobTable.JobRow ended = jobs.job(id);
    assertThat(worker.record(HandWorker.success(before))).isEmpty();
    assertThat(jobs.job(id)).isEqualTo(ended);
  }

  /** It was claimed again and again by then, and never failed. */
  @Test
  void theFenceCountsOnFromWhereTheCancelLeftIt() {
    UUID id = jobs.add(NewRow.of(version));
    jobs.update(id, "fence = 41");
    stored.cancel(id, stored.standing(id, null).orElseThrow());
    retry(id);
    assertThat(worker.claimOne(version).fence()).as("ended, retried, claimed").isEqualTo(44);
  }

  @Test
  void aJobWhoseDeadlinePassedIsRetriedWithoutIt() {
    UUID id = canceled();
    database
        .sql()
        .sql("update job set status = 'expired', deadline = now() where id = ?")
        .param(id)
        .update();
    assertThat(retry(id)).isTrue();
    assertThat(
            database.count(
                """
                live l join job j on j.id = l.job_id
                where j.id = ? and l.deadline is null and j.deadline is null
                """,
                id))
        .isEqualTo(1);
  }

  /** It may be what killed that worker. */
  @Test
  void aJobThatLostAWorkerComesBackAsASuspect() {
    UUID lost = failed();
    database
        .sql()
        .sql("update attempt set kind = 'worker_lost' where job_id = ?")
        .param(lost)
        .update();
    UUID other = failed();
    retry(lost);
    retry(other);
    assertThat(database.count("live where job_id = ? and poison_candidate", lost)).isEqualTo(1);
    assertThat(database.count("live where job_id = ? and not poison_candidate", other))
        .isEqualTo(1);
  }

  @Test
  void aJobThatHasSucceededOrNotEndedIsLeftAlone() {
    UUID succeeded = jobs.add(NewRow.of(version));
    worker.record(HandWorker.success(worker.claimOne(version)));
    UUID running = jobs.add(NewRow.of(version));
    worker.claimOne(version);
    UUID waiting = jobs.add(NewRow.of(version));
    for (UUID id : List.of(succeeded, running, waiting)) {
      JobTable.JobRow before = jobs.job(id);
      assertThat(retry(id)).isFalse();
      assertThat(jobs.job(id)).isEqualTo(before);
    }
    assertThat(jobs.live(succeeded)).isEmpty();
    assertThat(jobs.live(running).orElseThrow().leaseLeft()).isPositive();
  }

  @Test
  void aJobThatIsKeptNoLongerIsLeftAlone() {
    UUID id = canceled();
    database.sql().sql("update job set expires_at = now() where id = ?").param(id).update();
    assertThat(retry(id)).isFalse();
    assertThat(stored.standing(id, null).orElseThrow().expired()).isTrue();
    assertThat(jobs.live(id)).isEmpty();
  }

  @Test
  void ofTwoRetriesAtTheSameMomentOneIsMade() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        UUID id = canceled();
        Callable<Boolean> retry =
            () -> {
              start.await();
              return retry(id);
            };
        Future<Boolean> one = threads.submit(retry);
        Future<Boolean> two = threads.submit(retry);
        assertThat(one.get()).isNotEqualTo(two.get());
        assertThat(jobs.live(id)).isPresent();
      }
    }
  }
}
