package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.JobTable.NewRow;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.JobOptions;
import io.mlp.job.JobStatus;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.Backoff;
import io.mlp.job.store.Claim;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.Ending;
import io.mlp.job.store.JobEndings;
import io.mlp.job.store.JobLeases;
import io.mlp.job.store.JobUpkeep;
import io.mlp.job.store.OrphanedJob;
import io.mlp.job.store.OrphanedJobs;
import io.mlp.job.store.Requeue;
import io.mlp.job.store.StoredJobs;
import io.mlp.job.store.StoredJobs.Standing;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Whoever moves a job, in any order or at the same moment: it has one outcome, which is told as it
 * is recorded, and none comes late. Every order of three moves, and every two that overlap in open
 * transactions.
 */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JobMovesIT {
  private static final Duration LEASE = Duration.ofMinutes(10);
  private static final Duration MOMENT = Duration.ofNanos(1000);
  private static final Failure FAILURE = new Failure(FailureKind.MODEL_ERROR, "no");
  private static final Ending.Outcome OUTCOME =
      new Ending.Outcome(List.of(), null, Duration.ZERO, 1, null);

  private final Database database;
  private final JobTable table;
  private final JobLeases leases;
  private final JobEndings endings;
  private final StoredJobs stored;
  private final OrphanedJobs orphans;
  private final JobUpkeep upkeep;
  private final TransactionTemplate transaction;
  private final int version;
  private final int otherVersion;
  private final UUID worker = UUID.randomUUID();
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  JobMovesIT(Database database) {
    this.database = database;
    this.table = new JobTable(database);
    this.leases = new JobLeases(database.sql());
    this.endings = new JobEndings(database.sql());
    this.stored = new StoredJobs(database.sql());
    this.orphans = new OrphanedJobs(database.sql());
    this.upkeep = database.upkeep();
    this.transaction =
        new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.otherVersion = IdleModel.register(database, "model-" + UUID.randomUUID());
  }

  @BeforeAll
  void forgetOtherTestsJobs() {
    database.sql().sql("delete from live").update();
  }

  @AfterAll
  void stop() {
    threads.shutdownNow();
  }

  /** Where a job stands: with its fence, that is all that decides which moves it takes. */
  private record State(JobStatus status, int fence) {
    State to(JobStatus next) {
      return new State(next, fence + 1);
    }
  }

  /**
   * What whoever moves a job goes by, true or not any more.
   *
   * @param state as it was seen
   * @param claim fence of the last claim
   */
  private record Seen(UUID id, State state, int claim) {}

  enum Move {
    CLAIM(JobStatus.QUEUED, JobStatus.RUNNING),
    CLAIM_BY_AN_OLD_TICKET(JobStatus.QUEUED, JobStatus.RUNNING),
    SUCCEED(JobStatus.RUNNING, JobStatus.SUCCEEDED),
    FAIL(JobStatus.RUNNING, JobStatus.FAILED),
    REQUEUE(JobStatus.RUNNING, JobStatus.QUEUED),
    RELEASE(JobStatus.RUNNING, JobStatus.QUEUED),
    REAP(JobStatus.RUNNING, JobStatus.QUEUED),
    CANCEL(null, JobStatus.CANCELED),
    EXPIRE(null, JobStatus.EXPIRED),
    REASSIGN(JobStatus.QUEUED, JobStatus.QUEUED),
    ABANDON(JobStatus.QUEUED, JobStatus.FAILED),
    RETRY(null, JobStatus.QUEUED);

    /** Null: from several. */
    private final @Nullable JobStatus from;

    private final JobStatus to;

    Move(@Nullable JobStatus from, JobStatus to) {
      this.from = from;
      this.to = to;
    }

    /** Whether it is made of a job that stands so, by one who has seen it otherwise maybe. */
    private boolean takes(State state, Seen seen) {
      return switch (this) {
        case CLAIM, REASSIGN, ABANDON -> state.equals(seen.state) && state.status == from;
        case CLAIM_BY_AN_OLD_TICKET -> state.status == from && state.fence == 0;
        case SUCCEED, FAIL, REQUEUE, RELEASE -> state.status == from && state.fence == seen.claim;
        case REAP -> state.status == from;
        case CANCEL, EXPIRE -> state.equals(seen.state) && !state.status.terminal();
        case RETRY -> state.status.terminal() && state.status != JobStatus.SUCCEEDED;
      };
    }
  }

  /** Makes the move, and tells whether it was taken. */
  private boolean make(Move move, Seen seen) {
    UUID id = seen.id;
    int fence = seen.state.fence;
    boolean running = seen.state.status == JobStatus.RUNNING;
    return switch (move) {
      case CLAIM -> claims(id, fence);
      case CLAIM_BY_AN_OLD_TICKET -> claims(id, 0);
      case SUCCEED -> ends(Ending.succeeded(id, seen.claim, OUTCOME));
      case FAIL -> ends(Ending.failed(id, seen.claim, FAILURE));
      case REQUEUE -> requeues(new Requeue(id, seen.claim, 0, false, Duration.ZERO, FAILURE));
      case RELEASE -> requeues(new Requeue(id, seen.claim, 0, false, Duration.ZERO, null));
      case REAP -> reaps();
      case CANCEL -> stored.cancel(id, standing(seen));
      case EXPIRE -> ends(Ending.expired(id, fence, running));
      case REASSIGN ->
          orphans.reassign(
                  List.of(new OrphanedJob(id, fence, false, List.of(), JobOptions.NONE)),
                  otherVersion)
              > 0;
      case ABANDON -> ends(Ending.abandoned(id, fence, FAILURE));
      case RETRY -> stored.retry(id, null).isPresent();
    };
  }

  private boolean claims(UUID id, int fence) {
    WaitingJob named = new WaitingJob(id, fence, 0, null);
    List<ClaimedJob> claimed = leases.claim(List.of(named), false, worker, LEASE);
    assertThat(claimed).allMatch(job -> job.fence() == fence + 1);
    return !claimed.isEmpty();
  }

  private boolean ends(Ending ending) {
    return !endings.end(List.of(ending)).isEmpty();
  }

  private boolean requeues(Requeue requeue) {
    return !leases.requeue(List.of(requeue)).isEmpty();
  }

  private boolean reaps() {
    Backoff backoff = new Backoff(MOMENT, MOMENT);
    return upkeep.lookAtAll(10, backoff, LEASE, ThreadLocalRandom.current()).lost() > 0;
  }

  private Standing standing(Seen seen) {
    return new Standing(version, 4, "owner", seen.state.status, seen.state.fence, false);
  }

  private State state(UUID id) {
    return database
        .sql()
        .sql("select status, fence from job_state where id = ?")
        .param(id)
        .query((row, _) ->
            new State(JobStatus.of(row.getString("status")).orElseThrow(), row.getInt("fence")))
        .single();
  }

  /**
   * What the tests before left of it makes no poison candidate, and nothing waits for a backoff.
   */
  private void letTimePass(UUID id) {
    table.update(
        id,
        """
        poison_candidate = false, ready_at = least(ready_at, now()),
        lease_until = case when lease_until is not null then now() - interval '1 second' end
        """);
  }

  private void assertConsistent(UUID id, State expected, String what) {
    assertThat(state(id)).as(what).isEqualTo(expected);
    long live = database.count("live where job_id = ?", id);
    assertThat(live).as(what).isEqualTo(expected.status.terminal() ? 0 : 1);
    String recorded = expected.status.terminal() ? expected.status.text() : "queued";
    assertThat(table.job(id).status()).as(what).isEqualTo(recorded);
  }

  @ParameterizedTest
  @EnumSource
  void threeMovesInAnyOrder(Move first) {
    for (Move second : Move.values()) {
      for (Move third : Move.values()) {
        UUID id = table.add(NewRow.of(version));
        State state = new State(JobStatus.QUEUED, 0);
        int claim = 1;
        // So that each of the three finds a job that runs, too.
        for (Move move : List.of(Move.CLAIM, first, second, third)) {
          letTimePass(id);
          Seen seen = new Seen(id, state, claim);
          String what = "%s, %s, %s: %s of %s".formatted(first, second, third, move, state);
          boolean taken = make(move, seen);
          assertThat(taken).as(what).isEqualTo(move.takes(state, seen));
          if (taken) {
            state = state.to(move.to);
            claim = state.status == JobStatus.RUNNING ? state.fence : claim;
          }
          assertConsistent(id, state, what);
        }
        database.sql().sql("delete from live where job_id = ?").param(id).update();
      }
    }
  }

  /** The second begins while the first is not committed; both go by what they saw before. */
  @ParameterizedTest
  @EnumSource
  void twoMovesAtTheSameMoment(Move first) throws Exception {
    for (Move second : Move.values()) {
      overlapped(List.of(), first, second);
      overlapped(List.of(Move.CLAIM), first, second);
      overlapped(List.of(Move.CLAIM, Move.CANCEL), first, second);
      overlapped(List.of(Move.CLAIM, Move.RELEASE), first, second);
    }
  }

  private void overlapped(List<Move> before, Move first, Move second) throws Exception {
    UUID id = table.add(NewRow.of(version));
    State state = new State(JobStatus.QUEUED, 0);
    for (Move move : before) {
      assertThat(make(move, new Seen(id, state, state.fence))).isTrue();
      state = state.to(move.to);
    }
    letTimePass(id);
    Seen seen = new Seen(id, state, 1);
    String what = "%s and %s of %s".formatted(first, second, state);
    CountDownLatch made = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    Future<Boolean> one =
        threads.submit(() ->
            transaction.execute(_ -> {
              boolean taken = make(first, seen);
              made.countDown();
              await(commit);
              return taken;
            }));
    assertThat(made.await(10, TimeUnit.SECONDS)).as(what).isTrue();
    Future<Boolean> two = threads.submit(() -> make(second, seen));
    awaitBriefly(two);
    commit.countDown();

    State after = state;
    boolean firstTaken = one.get(10, TimeUnit.SECONDS);
    assertThat(firstTaken).as(what).isEqualTo(first.takes(after, seen));
    after = firstTaken ? after.to(first.to) : after;
    boolean secondTaken = two.get(10, TimeUnit.SECONDS);
    if (secondTaken) {
      assertThat(second.takes(after, seen)).as(what).isTrue();
      after = after.to(second.to);
    } else if (!firstTaken) {
      assertThat(second.takes(after, seen)).as(what + ": nothing was in its way").isFalse();
    }
    assertConsistent(id, after, what);
    database.sql().sql("delete from live where job_id = ?").param(id).update();
  }

  /** Whoever commits first: it is gone with all its rows, or it waits again. */
  @Test
  void aJobIsDeletedOrRetried() throws Exception {
    assertThat(deletedWhile(false)).containsExactly(false, true);
    assertThat(deletedWhile(true)).containsExactly(true, false);
  }

  /** Whether the deletion and the retry of one canceled job were taken. */
  private List<Boolean> deletedWhile(boolean deletionFirst) throws Exception {
    UUID id = table.add(NewRow.of(version));
    stored.cancel(id, stored.standing(id, null).orElseThrow());
    Callable<Boolean> delete = () -> stored.delete(id);
    Callable<Boolean> retry = () -> stored.retry(id, null).isPresent();
    CountDownLatch made = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    Future<Boolean> one =
        threads.submit(() ->
            transaction.execute(_ -> {
              boolean taken = call(deletionFirst ? delete : retry);
              made.countDown();
              await(commit);
              return taken;
            }));
    assertThat(made.await(10, TimeUnit.SECONDS)).isTrue();
    Future<Boolean> two = threads.submit(deletionFirst ? retry : delete);
    awaitBriefly(two);
    assertThat(two.isDone()).as("it waits for the first one's lock").isFalse();
    commit.countDown();

    boolean first = one.get(10, TimeUnit.SECONDS);
    boolean second = two.get(10, TimeUnit.SECONDS);
    boolean deleted = deletionFirst ? first : second;
    assertThat(database.count("job where id = ?", id)).isEqualTo(deleted ? 0 : 1);
    assertThat(database.count("live where job_id = ?", id)).isEqualTo(deleted ? 0 : 1);
    database.sql().sql("delete from live where job_id = ?").param(id).update();
    return List.of(deleted, deletionFirst ? second : first);
  }

  private static boolean call(Callable<Boolean> move) {
    try {
      return move.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Nobody deletes what has not ended, or what a record ends at this moment. */
  @ParameterizedTest
  @EnumSource(names = {"SUCCEED", "FAIL", "REQUEUE", "CANCEL"})
  void aJobThatRunsIsNotDeleted(Move move) {
    UUID id = table.add(NewRow.of(version));
    State queued = new State(JobStatus.QUEUED, 0);
    assertThat(stored.delete(id)).as("it waits").isFalse();
    make(Move.CLAIM, new Seen(id, queued, 0));
    assertThat(stored.delete(id)).as("it runs").isFalse();
    letTimePass(id);
    assertThat(make(move, new Seen(id, new State(JobStatus.RUNNING, 1), 1))).isTrue();

    assertThat(stored.delete(id)).isEqualTo(move.to.terminal());
    long left = move.to.terminal() ? 0 : 1;
    assertThat(database.count("job where id = ?", id)).isEqualTo(left);
    assertThat(database.count("attempt where job_id = ?", id)).isEqualTo(left);
    database.sql().sql("delete from live where job_id = ?").param(id).update();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** It waits for the first one's locks, or is done. */
  private static void awaitBriefly(Future<?> move) throws InterruptedException, ExecutionException {
    try {
      move.get(30, TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      // It waits.
    }
  }

  /** Nobody renews what he does not hold any more. */
  @ParameterizedTest
  @EnumSource
  void aLeaseIsRenewedByItsHolderOnly(Move move) {
    UUID id = table.add(NewRow.of(version));
    Claim claim = new Claim(id, 1);
    make(Move.CLAIM, new Seen(id, new State(JobStatus.QUEUED, 0), 0));
    letTimePass(id);
    boolean taken = make(move, new Seen(id, new State(JobStatus.RUNNING, 1), 1));

    leases.renew(List.of(claim), LEASE);

    assertThat(leases.lost(List.of(claim))).hasSize(taken ? 1 : 0);
    table.live(id).ifPresent(row -> assertThat(row.leaseLeft() != null).isEqualTo(!taken));
    database.sql().sql("delete from live where job_id = ?").param(id).update();
  }
}
