package io.mlp.api.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.dispatch.HandDispatch;
import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.Moves;
import io.mlp.flow.SharedStack;
import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.job.HandWorker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of the jobs of a worker that died or hung. */
@ExtendWith(SharedStack.class)
class LeaseReaperIT {
  private static final UpkeepSettings SETTINGS =
      new UpkeepSettings(Duration.ofSeconds(1), 50, Duration.ofSeconds(100), Duration.ofMinutes(5));

  private final Database database;
  private final JobTable jobs;
  private final int version;
  private final HandWorker worker;
  private final Moves moves = new Moves();
  private final LeaseReaper reaper;

  LeaseReaperIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.worker = new HandWorker(database);
    this.reaper = new LeaseReaper(database.upkeep(moves), SETTINGS, HandDispatch.SETTINGS);
  }

  /** The reaper sees the jobs of all tests. */
  @BeforeEach
  void forgetOtherTestsJobs() {
    database.sql().sql("delete from live").update();
  }

  @AfterEach
  void closeWorker() {
    worker.close();
  }

  @Test
  void aLostJobIsQueuedAgainAsASuspect_andGetsItsAttemptBack() {
    UUID id = jobs.add(NewRow.of(version).maxAttempts(2));
    worker.claimOne(version);
    jobs.loseWorker(id);
    assertThat(reaper.reap()).isEqualTo(1);
    JobTable.LiveRow row = jobs.live(id).orElseThrow();
    assertThat(row.leaseLeft()).isNull();
    assertThat(row.worker()).isNull();
    assertThat(row.attempts()).isZero();
    assertThat(row.poisonCandidate()).isTrue();
    assertThat(row.isolated()).isFalse();
    assertThat(row.fence()).isEqualTo(2);
    assertThat(row.readyIn()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(100));
    assertThat(row.dispatchIn()).isEqualTo(row.readyIn());
    assertThat(worker.claim(version, 1)).isEmpty();
    assertThat(jobs.job(id).status()).isEqualTo("queued");
    assertThat(jobs.attempts(id)).containsExactly(lost(1));
  }

  private JobTable.AttemptRow lost(int fence) {
    return new JobTable.AttemptRow(
        fence, worker.identity().id(), "worker_lost", "The worker's lease ran out");
  }

  /** Whose doing the loss was is not known: others ran beside it. */
  @Test
  void aLossAmongOthersSpendsNoAttempt() {
    UUID id = jobs.add(NewRow.of(version).maxAttempts(1));
    assertThat(worker.claimOne(version).attempts()).isEqualTo(1);
    lose(id);
    assertThat(jobs.job(id).status()).isEqualTo("queued");
    assertThat(worker.claimOne(version).attempts()).isEqualTo(1);
    assertThat(jobs.attempts(id)).containsExactly(lost(1));
  }

  @Test
  void aSuspectThatIsLostAloneSpendsItsAttempt_andFailsWithItsLastOne() {
    UUID id = jobs.add(NewRow.of(version).maxAttempts(2));
    worker.claimOne(version);
    lose(id);
    for (int attempt = 1; attempt <= 2; attempt++) {
      ClaimedJob job = worker.claimOne(version);
      assertThat(job.attempts()).isEqualTo(attempt);
      assertThat(job.poisonCandidate()).isTrue();
      lose(id);
    }
    JobTable.JobRow row = jobs.job(id);
    assertThat(row.status()).isEqualTo("failed");
    assertThat(row.failureKind()).isEqualTo("worker_lost");
    assertThat(row.attempts()).isEqualTo(2);
    assertThat(row.fence()).as("the last one, for a retry to go on from").isEqualTo(6);
    assertThat(row.startedAt()).isNotNull();
    assertThat(row.completedAt()).isNotNull();
    assertThat(row.expiresAt()).isAfter(row.completedAt());
    assertThat(jobs.live(id)).isEmpty();
    assertThat(jobs.attempts(id)).containsExactly(lost(1), lost(3), lost(5));
    assertThat(moves.told())
        .containsExactly(
            version + " requeued worker_lost",
            version + " requeued worker_lost",
            version + " failed worker_lost");
  }

  private void lose(UUID id) {
    jobs.loseWorker(id);
    assertThat(reaper.reap()).isEqualTo(1);
    jobs.endBackoff(id);
  }

  @Test
  void theRecordOfALostWorkerIsRefused_whileItsJobWaitsAndOnceAnotherHasIt() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob first = worker.claimOne(version);
    jobs.loseWorker(id);
    reaper.reap();
    assertThat(worker.record(HandWorker.success(first))).isEmpty();
    jobs.endBackoff(id);
    try (HandWorker other = new HandWorker(database)) {
      ClaimedJob second = other.claimOne(version);
      assertThat(second.fence()).isEqualTo(3);
      assertThat(worker.record(HandWorker.success(first))).isEmpty();
      assertThat(jobs.job(id).status()).isEqualTo("queued");
      assertThat(other.record(HandWorker.success(second))).containsExactly(id);
    }
    assertThat(jobs.job(id).status()).isEqualTo("succeeded");
    assertThat(jobs.job(id).attempts()).isEqualTo(1);
    assertThat(jobs.attempts(id)).containsExactly(lost(1));
  }

  /** The lease has run out, but nobody has noticed: the outcome is as good as any other. */
  @Test
  void aRecordAfterTheLeaseIsTaken_ifItComesBeforeTheReaper() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob job = worker.claimOne(version);
    jobs.loseWorker(id);
    assertThat(worker.record(HandWorker.success(job))).containsExactly(id);
    assertThat(reaper.reap()).isZero();
    assertThat(jobs.job(id).status()).isEqualTo("succeeded");
    assertThat(jobs.attempts(id)).isEmpty();
  }

  @Test
  void ofARecordAndTheReaperAtTheSameMomentOneGetsTheJob() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 30; round++) {
        UUID id = jobs.add(NewRow.of(version));
        ClaimedJob job = worker.claimOne(version);
        jobs.loseWorker(id);
        Future<List<UUID>> recorded =
            threads.submit(() -> {
              start.await();
              return worker.record(HandWorker.success(job));
            });
        Future<Integer> reaped =
            threads.submit(() -> {
              start.await();
              return reaper.reap();
            });
        assertThat(recorded.get().size() + reaped.get()).isEqualTo(1);
        assertThat(jobs.job(id).status()).isEqualTo(reaped.get() == 1 ? "queued" : "succeeded");
        assertThat(jobs.live(id).isPresent()).isEqualTo(reaped.get() == 1);
        assertThat(jobs.attempts(id)).hasSize(reaped.get());
        forgetOtherTestsJobs();
      }
    }
  }

  /** The first loss, beside others, does not count. */
  @Test
  void theBackoffDoublesUpToALimit() {
    UUID id = jobs.add(NewRow.of(version).maxAttempts(10));
    for (int seconds : new int[] {100, 100, 200, 300, 300}) {
      worker.claimOne(version);
      jobs.loseWorker(id);
      reaper.reap();
      assertThat(jobs.live(id).orElseThrow().readyIn())
          .isBetween(Duration.ofSeconds(seconds / 2 - 20L), Duration.ofSeconds(seconds));
      jobs.endBackoff(id);
    }
  }

  @Test
  void aJobThatWaitsOrWhoseLeaseHoldsIsLeftAlone() {
    UUID held = jobs.add(NewRow.of(version));
    worker.claimOne(version);
    UUID waiting = jobs.add(NewRow.of(version));
    assertThat(reaper.reap()).isZero();
    assertThat(jobs.live(held).orElseThrow().leaseLeft()).isPositive();
    assertThat(jobs.live(waiting).orElseThrow().attempts()).isZero();
  }

  @Test
  void anyNumberOfReapersTakesEachLostJobBackOnce() throws Exception {
    List<UUID> ids = jobs.add(NewRow.of(version).maxAttempts(1), 150);
    ids.addAll(jobs.add(NewRow.of(version), 150));
    worker.claim(version, ids.size());
    database
        .sql()
        .sql("update live set isolated = true, lease_until = now() - interval '1 second'")
        .update();
    int reaped = 0;
    try (ExecutorService replicas = Executors.newFixedThreadPool(3)) {
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        counts.add(replicas.submit(reaper::reap));
      }
      for (Future<Integer> count : counts) {
        reaped += count.get();
      }
    }
    assertThat(reaped).isEqualTo(300);
    assertThat(ids).allSatisfy(id -> assertThat(jobs.attempts(id)).containsExactly(lost(1)));
    assertThat(database.count("live where lease_until is null")).isEqualTo(150);
    assertThat(database.count("job where status = 'failed' and model_version_id = ?", version))
        .isEqualTo(150);
  }
}
