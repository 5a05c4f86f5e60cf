package io.mlp.worker.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.job.CachePolicy;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.JobContent;
import io.mlp.job.JobOptions;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.ClaimedJob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Who gets a job, in which order, under which number, and how it comes back: promises that rest on
 * PostgreSQL's locks and clock, so PostgreSQL is asked.
 */
@ExtendWith(SharedStack.class)
class ClaimIT {
  private static final Failure LOST_TOUCH = new Failure(FailureKind.STORE_UNAVAILABLE, "away");

  private final Database database;
  private final JobTable jobs;
  private final int version;
  private final HandWorker worker;

  /** Each test has a model version of its own, so it sees no other test's jobs. */
  ClaimIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.worker = new HandWorker(database);
  }

  @AfterEach
  void closeWorker() {
    worker.close();
  }

  @Test
  void noTwoWorkersClaimTheSameJob() throws Exception {
    List<UUID> waiting = jobs.add(NewRow.of(version), 600);
    List<UUID> claimed = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(4)) {
      List<Future<List<UUID>>> hauls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        hauls.add(workers.submit(this::claimAll));
      }
      for (Future<List<UUID>> haul : hauls) {
        claimed.addAll(haul.get());
      }
    }
    assertThat(claimed).containsExactlyInAnyOrderElementsOf(waiting);
  }

  /** In batches of uneven size, until no job waits. */
  private List<UUID> claimAll() {
    List<UUID> ids = new ArrayList<>();
    try (HandWorker other = new HandWorker(database)) {
      while (database.count("live where model_version_id = ? and lease_until is null", version)
          > 0) {
        int most = ThreadLocalRandom.current().nextInt(1, 9);
        other.claim(version, most).forEach(job -> ids.add(job.id()));
      }
    }
    return ids;
  }

  @Test
  void ofTwoClaimsAtTheSameMomentOneGetsTheJob() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    try (HandWorker other = new HandWorker(database);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 20; round++) {
        UUID id = jobs.add(NewRow.of(version));
        List<Future<List<ClaimedJob>>> claims = new ArrayList<>();
        for (HandWorker one : List.of(worker, other)) {
          claims.add(
              threads.submit(() -> {
                start.await();
                return one.claim(version, 1);
              }));
        }
        List<ClaimedJob> claimed = new ArrayList<>();
        for (Future<List<ClaimedJob>> claim : claims) {
          claimed.addAll(claim.get());
        }
        assertThat(claimed).extracting(ClaimedJob::id).containsExactly(id);
        assertThat(jobs.live(id).orElseThrow().attempts()).isEqualTo(1);
      }
    }
  }

  @Test
  void aClaimOfSeveralTakesTheBestOnes() {
    jobs.add(NewRow.of(version).priority(1), 5);
    List<UUID> best = jobs.add(NewRow.of(version).priority(8), 3);
    assertThat(worker.claim(version, 3))
        .extracting(ClaimedJob::id)
        .containsExactlyInAnyOrderElementsOf(best);
  }

  @Test
  void aClaimTakesOnlyItsOwnModelsJobs() {
    jobs.add(NewRow.of(IdleModel.register(database, "other-" + UUID.randomUUID())));
    assertThat(worker.claim(version, 10)).isEmpty();
  }

  @Test
  void aClaimLeavesJobsWhoseDeadlineHasPassed() {
    jobs.passDeadline(jobs.add(NewRow.of(version)));
    UUID inTime = jobs.add(NewRow.of(version));
    jobs.update(inTime, "deadline = now() + interval '1 hour'");
    assertThat(worker.claim(version, 10)).extracting(ClaimedJob::id).containsExactly(inTime);
  }

  @Test
  void aClaimedJobIsItsWorkersForTheLease() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob job = worker.claimOne(version);
    JobTable.LiveRow row = jobs.live(id).orElseThrow();
    assertThat(row.worker()).isEqualTo(worker.identity().id());
    assertThat(row.leaseLeft()).isBetween(HandWorker.LEASE.minusSeconds(20), HandWorker.LEASE);
    assertThat(job.queueTime()).isPositive();
    try (HandWorker other = new HandWorker(database)) {
      assertThat(other.claim(version, 10)).isEmpty();
    }
  }

  @Test
  void aSuspectIsClaimedAlone_ifItIsTheBest() {
    UUID candidate = addCandidate(5);
    jobs.add(NewRow.of(version).priority(4), 5);

    ClaimedJob job = worker.claim(version, 4).getFirst();

    assertThat(job.id()).isEqualTo(candidate);
    assertThat(job.poisonCandidate()).isTrue();
    assertThat(jobs.live(candidate).orElseThrow().isolated()).isTrue();
    assertThat(worker.claim(version, 10)).hasSize(5).noneMatch(ClaimedJob::poisonCandidate);
  }

  @Test
  void suspectsArePassedOver_ifTheBestIsNone() {
    UUID best = jobs.add(NewRow.of(version).priority(7));
    UUID candidate = addCandidate(6);
    UUID next = jobs.add(NewRow.of(version).priority(5));
    UUID last = jobs.add(NewRow.of(version).priority(2));

    assertThat(worker.claim(version, 3))
        .extracting(ClaimedJob::id)
        .containsExactlyInAnyOrder(best, next);
    assertThat(jobs.live(candidate).orElseThrow().leaseLeft()).isNull();
    assertThat(worker.claim(version, 3)).extracting(ClaimedJob::id).containsExactly(candidate);
    assertThat(worker.claim(version, 3)).extracting(ClaimedJob::id).containsExactly(last);
  }

  @Test
  void ofEquallyGoodJobsTheFirstDecidesWhetherASuspectIsRun() {
    List<UUID> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      all.add(i % 2 == 0 ? addCandidate(4) : jobs.add(NewRow.of(version)));
    }

    assertThat(worker.claim(version, 6)).extracting(ClaimedJob::id).containsExactly(all.get(0));
    assertThat(worker.claim(version, 6))
        .extracting(ClaimedJob::id)
        .containsExactlyInAnyOrder(all.get(1), all.get(3), all.get(5));
    assertThat(worker.claim(version, 6)).extracting(ClaimedJob::id).containsExactly(all.get(2));
    assertThat(worker.claim(version, 6)).extracting(ClaimedJob::id).containsExactly(all.get(4));
  }

  @Test
  void nobodyIsClaimedTwiceAmongSuspects() throws Exception {
    List<UUID> waiting = jobs.add(NewRow.of(version), 60);
    waiting.subList(10, 50).forEach(id -> jobs.update(id, "poison_candidate = true"));
    List<UUID> claimed = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(4)) {
      List<Future<List<UUID>>> hauls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        hauls.add(workers.submit(this::claimAll));
      }
      for (Future<List<UUID>> haul : hauls) {
        claimed.addAll(haul.get());
      }
    }
    assertThat(claimed).containsExactlyInAnyOrderElementsOf(waiting);
  }

  @Test
  void aSuspectIsAloneUntilItIsGivenBack() {
    UUID id = addCandidate(4);
    ClaimedJob first = worker.claimOne(version);
    assertThat(jobs.live(id).orElseThrow().isolated()).isTrue();
    worker.jobs().release(List.of(first));
    assertThat(jobs.live(id).orElseThrow().isolated()).isFalse();

    ClaimedJob second = worker.claimOne(version);
    worker.jobs().requeue(new JobOutcome.Failed(second, LOST_TOUCH));
    assertThat(jobs.live(id).orElseThrow().isolated()).isFalse();
    assertThat(jobs.live(id).orElseThrow().poisonCandidate()).isTrue();
  }

  /** A ticket of before the loss does not say that it runs isolated. */
  @Test
  void aSuspectIsClaimedOnlyByATicketThatSaysSo() {
    UUID id = addCandidate(4);
    List<WaitingJob> named = List.of(new WaitingJob(id, 0, 0, null));

    assertThat(worker.jobs().claim(named, false)).isEmpty();
    assertThat(worker.jobs().claim(named, true)).hasSize(1);
  }

  /** Doubled, old or redelivered. */
  @Test
  void aTicketClaimsNothingTwice() {
    UUID id = jobs.add(NewRow.of(version));
    List<WaitingJob> named = List.of(new WaitingJob(id, 0, 0, null));

    List<ClaimedJob> first = worker.jobs().claim(named, false);
    assertThat(first).hasSize(1);
    assertThat(worker.jobs().claim(named, false)).isEmpty();
    worker.jobs().release(first);
    assertThat(worker.jobs().claim(named, false)).isEmpty();
    assertThat(worker.claim(version, 1)).hasSize(1);
  }

  @Test
  void whatATicketBringsAlongIsNotRead() {
    UUID id = jobs.add(NewRow.of(version));
    JobContent content =
        new JobContent(
            List.of(), new JobOptions(Set.of("y"), CachePolicy.REFRESH, Map.of("from", "ticket")));
    WaitingJob waiting = new WaitingJob(id, 0, 0, new WaitingJob.Known(Instant.EPOCH, content));

    ClaimedJob claimed = worker.jobs().claim(List.of(waiting), false).getFirst();

    assertThat(claimed.content()).isEqualTo(content);
    assertThat(claimed.createdAt()).isEqualTo(Instant.EPOCH);
  }

  private UUID addCandidate(int priority) {
    UUID id = jobs.add(NewRow.of(version).priority(priority));
    jobs.update(id, "poison_candidate = true");
    return id;
  }

  @Test
  void aJobWhoseInputsCannotBeReadComesWithout_andItsNeighbourWhole() {
    UUID broken = jobs.add(NewRow.of(version));
    database.sql().sql("update job set inputs = 'x' where id = ?").param(broken).update();
    jobs.add(NewRow.of(version));
    assertThat(worker.claim(version, 2))
        .hasSize(2)
        .allMatch(job -> job.content().inputs().isEmpty());
  }

  @Test
  void theFenceRisesWithEachMoveAndIsNeverReset_attemptsCountOnlyWhatWasSpent() {
    UUID id = jobs.add(NewRow.of(version).maxAttempts(10));
    ClaimedJob first = worker.claimOne(version);
    worker.jobs().release(List.of(first));
    ClaimedJob second = worker.claimOne(version);
    worker.jobs().requeue(new JobOutcome.Failed(second, LOST_TOUCH));
    jobs.endBackoff(id);
    ClaimedJob third = worker.claimOne(version);
    assertThat(List.of(first, second, third))
        .extracting(ClaimedJob::fence)
        .containsExactly(1, 3, 5);
    assertThat(List.of(first, second, third))
        .extracting(ClaimedJob::attempts)
        .containsExactly(1, 1, 2);
  }

  @Test
  void aReleasedJobWaitsAgainAtOnce_asIfItHadNotBeenClaimed() {
    UUID id = jobs.add(NewRow.of(version));
    worker.jobs().release(List.of(worker.claimOne(version)));
    JobTable.LiveRow row = jobs.live(id).orElseThrow();
    assertThat(row.attempts()).isZero();
    assertThat(row.leaseLeft()).isNull();
    assertThat(row.worker()).isNull();
    assertThat(row.readyIn()).isNegative();
    assertThat(row.dispatchIn()).isNegative();
    assertThat(jobs.attempts(id)).isEmpty();
    assertThat(worker.claim(version, 1)).hasSize(1);
  }

  @Test
  void aRequeuedJobBacksOff_longerEachTimeUpToALimit() {
    UUID id = jobs.add(NewRow.of(version).maxAttempts(10));
    for (int seconds : new int[] {100, 200, 300, 300}) {
      worker.jobs().requeue(new JobOutcome.Failed(worker.claimOne(version), LOST_TOUCH));
      JobTable.LiveRow row = jobs.live(id).orElseThrow();
      assertThat(row.leaseLeft()).isNull();
      assertThat(row.readyIn())
          .isBetween(Duration.ofSeconds(seconds / 2 - 20L), Duration.ofSeconds(seconds));
      assertThat(row.dispatchIn()).isEqualTo(row.readyIn());
      assertThat(worker.claim(version, 1)).isEmpty();
      jobs.endBackoff(id);
    }
    assertThat(jobs.attempts(id))
        .extracting(JobTable.AttemptRow::fence)
        .containsExactly(1, 3, 5, 7);
    assertThat(jobs.attempts(id))
        .allMatch(attempt -> attempt.kind().equals("store_unavailable"))
        .allMatch(attempt -> worker.identity().id().equals(attempt.worker()));
  }

  @Test
  void aWorkerThatLostAJobCannotGiveItBack() {
    UUID id = jobs.add(NewRow.of(version));
    ClaimedJob lost = worker.claimOne(version);
    worker.jobs().release(List.of(lost));
    try (HandWorker other = new HandWorker(database)) {
      other.claimOne(version);
      worker.jobs().release(List.of(lost));
      worker.jobs().requeue(new JobOutcome.Failed(lost, LOST_TOUCH));
      assertThat(jobs.live(id).orElseThrow().worker()).isEqualTo(other.identity().id());
      assertThat(jobs.live(id).orElseThrow().attempts()).isEqualTo(1);
      assertThat(jobs.attempts(id)).isEmpty();
    }
  }

  @Test
  void aRenewalProlongsTheLeasesThatAreHeld_eachUnderItsFence() {
    jobs.add(NewRow.of(version), 3);
    List<ClaimedJob> claimed = worker.claim(version, 3);
    ClaimedJob held = claimed.get(0);
    ClaimedJob letGo = claimed.get(1);
    ClaimedJob lost = claimed.get(2);
    claimed.forEach(job -> jobs.update(job.id(), "lease_until = now() + interval '5 seconds'"));
    jobs.update(lost.id(), "fence = fence + 1");
    worker.leases().hold(claimed);
    worker.leases().letGo(List.of(letGo));
    worker.leases().renew();
    assertThat(leaseLeft(held)).isGreaterThan(HandWorker.LEASE.minusSeconds(20));
    assertThat(new HashSet<>(List.of(leaseLeft(letGo), leaseLeft(lost))))
        .allMatch(left -> left.compareTo(Duration.ofSeconds(5)) <= 0);
  }

  /** The renewal has a thread for all jobs: one row must not keep it from the others. */
  @Test
  void aRenewalDoesNotWaitForARowThatSomebodyHasLocked() throws Exception {
    jobs.add(NewRow.of(version), 3);
    List<ClaimedJob> claimed = worker.claim(version, 3);
    claimed.forEach(job -> jobs.update(job.id(), "lease_until = now() + interval '5 seconds'"));
    worker.leases().hold(claimed);
    ClaimedJob locked = claimed.get(1);
    try (Connection other = database.dataSource().getConnection();
        PreparedStatement lock =
            other.prepareStatement("select from live where job_id = ? for update")) {
      other.setAutoCommit(false);
      lock.setObject(1, locked.id());
      lock.execute();
      worker.leases().renew();
      other.rollback();
    }
    for (ClaimedJob job : claimed) {
      assertThat(leaseLeft(job).compareTo(Duration.ofSeconds(5)) > 0)
          .isEqualTo(!job.equals(locked));
    }
  }

  @Test
  void aWorkerNoticesWhichOfItsJobsWereTakenAway() {
    jobs.add(NewRow.of(version), 5);
    List<ClaimedJob> claimed = worker.claim(version, 5);
    worker.leases().hold(claimed);
    worker.leases().look();
    assertThat(claimed).as("held too shortly to be looked up").noneMatch(worker.leases()::lost);
    jobs.update(claimed.get(1).id(), "fence = fence + 1");
    jobs.update(claimed.get(2).id(), "lease_until = null");
    database.sql().sql("delete from live where job_id = ?").param(claimed.get(3).id()).update();

    await()
        .untilAsserted(() ->
            assertThat(claimed.stream().filter(worker.leases()::lost))
                .containsExactlyElementsOf(claimed.subList(1, 4)));
    worker.leases().letGo(claimed);
    assertThat(claimed).noneMatch(worker.leases()::lost);
  }

  private Duration leaseLeft(ClaimedJob job) {
    Duration left = jobs.live(job.id()).orElseThrow().leaseLeft();
    return left == null ? Duration.ZERO : left;
  }
}
