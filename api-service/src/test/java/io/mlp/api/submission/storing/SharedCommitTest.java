package io.mlp.api.submission.storing;

import static io.mlp.api.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.api.Settings;
import io.mlp.api.dispatch.Dispatching;
import io.mlp.api.dispatch.Tickets;
import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Problems;
import io.mlp.api.submission.validation.NewJob;
import io.mlp.api.submission.validation.TestJobs;
import io.mlp.job.store.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class SharedCommitTest {
  private final FakeStore store = new FakeStore();
  private final Dispatching dispatching = Dispatching.withWindow(100);
  private SharedCommit commit = started(dispatching.tickets(), Map.of());

  @AfterEach
  void stop() {
    commit.stop();
    dispatching.close();
  }

  @Test
  void storesAJobAtOnce_whenItIsAlone() {
    NewJob job = TestJobs.job();

    Instant createdAt = commit.store(job);

    assertThat(createdAt).isEqualTo(FakeStore.COMMITTED);
    assertThat(store.commits()).containsExactly(List.of(job.id()));
  }

  @Test
  void sendsTheTickets_afterTheCommit() {
    NewJob job = TestJobs.job();
    Request request = duringACommitOf(job).getFirst();
    assertThat(dispatching.ticketedJobs()).isEmpty();

    store.finish();

    request.stored();
    eventually()
        .untilAsserted(() -> assertThat(dispatching.ticketedJobs()).containsExactly(job.id()));
  }

  /** Nothing waits for a group to fill: it is what came while the last commit was under way. */
  @Test
  void storesTogether_whatCameDuringACommit() {
    NewJob first = TestJobs.job();
    NewJob[] others = {TestJobs.job(), TestJobs.job(), TestJobs.job()};
    List<Request> requests = duringACommitOf(first, others);

    store.finish();

    requests.forEach(Request::stored);
    assertThat(store.commits()).hasSize(2);
    assertThat(store.commits().get(1))
        .containsExactlyInAnyOrder(Stream.of(others).map(NewJob::id).toArray(UUID[]::new));
  }

  @Test
  void storesNoMoreTogetherThanAGroupHolds() {
    restart(Map.of("max-group", 2));
    List<Request> requests =
        duringACommitOf(
            TestJobs.job(), TestJobs.job(), TestJobs.job(), TestJobs.job(), TestJobs.job());

    store.finish();

    requests.forEach(Request::stored);
    assertThat(store.commits()).extracting(List::size).containsExactly(1, 2, 2);
  }

  @Test
  void harmsOnlyTheSenderOfAJobThatTheDatabaseRefuses() {
    NewJob poison = store.poison(TestJobs.job());
    NewJob one = TestJobs.job();
    NewJob two = TestJobs.job();
    List<Request> requests = duringACommitOf(TestJobs.job(), one, poison, two);

    store.finish();

    requests.get(0).stored();
    requests.get(1).stored();
    assertThat(requests.get(2).problem().type()).isEqualTo(ProblemType.INTERNAL_ERROR);
    requests.get(3).stored();
    assertThat(store.stored())
        .extracting(Submission::id)
        .contains(one.id(), two.id())
        .doesNotContain(poison.id());
    eventually()
        .untilAsserted(() ->
            assertThat(dispatching.ticketedJobs())
                .contains(one.id(), two.id())
                .doesNotContain(poison.id()));
  }

  @Test
  void storesOneJobOfThoseUnderOneKey() {
    NewJob one = named("a");
    NewJob duplicate = named("a");
    NewJob other = named("b");
    List<Request> requests = duringACommitOf(TestJobs.job(), one, duplicate, other);

    store.finish();

    NewJob stored = theStoredOf(requests.get(1), requests.get(2));
    requests.get(3).stored();
    assertThat(store.commits().get(1)).containsExactlyInAnyOrder(stored.id(), other.id());
    eventually()
        .untilAsserted(() ->
            assertThat(dispatching.ticketedJobs()).hasSize(3).contains(stored.id(), other.id()));
  }

  @Test
  void storesOneJobOfThoseUnderOneKey_whenTheirGroupFailsAndEachIsTriedAlone() {
    NewJob poison = store.poison(named("b"));
    List<Request> requests = duringACommitOf(TestJobs.job(), named("a"), poison, named("a"));

    store.finish();

    theStoredOf(requests.get(1), requests.get(3));
    assertThat(requests.get(2).problem().type()).isEqualTo(ProblemType.INTERNAL_ERROR);
    assertThat(commit.store(named("b"))).isEqualTo(FakeStore.COMMITTED);
  }

  /** Whichever came first of two under one key; the other is refused. */
  private static NewJob theStoredOf(Request one, Request duplicate) {
    eventually().until(() -> one.answer.isDone() && duplicate.answer.isDone());
    Request refused = one.answer.isCompletedExceptionally() ? one : duplicate;
    Request stored = refused == one ? duplicate : one;
    assertThat(refused.answer.exceptionNow()).isInstanceOf(KeyTakenException.class);
    stored.stored();
    return stored.job;
  }

  private static NewJob named(String key) {
    return TestJobs.job().under(new IdempotencyKey("vision", key, ""));
  }

  /** What no job of the group is to blame for is not asked of the database once a job. */
  @Test
  void triesNoneAlone_whenTheDatabaseIsAway() {
    List<Request> requests = duringACommitOf(TestJobs.job(), TestJobs.job(), TestJobs.job());
    store.failWith(new DataAccessResourceFailureException("away"));

    store.finish();

    for (Request request : requests) {
      assertThat(request.problem().type()).isEqualTo(ProblemType.STORE_UNAVAILABLE);
      assertThat(Problems.retryAfter(request.problem())).isEqualTo(Duration.ofSeconds(2));
    }
    assertThat(store.attempts()).isEqualTo(2);
    assertThat(dispatching.ticketedJobs()).isEmpty();
  }

  @Test
  void storesAgain_whenTheDatabaseIsBack() {
    store.failWith(new DataAccessResourceFailureException("away"));
    submit(TestJobs.job()).getFirst().problem();
    store.failWith(null);

    assertThat(commit.store(TestJobs.job())).isEqualTo(FakeStore.COMMITTED);
  }

  @Test
  void refusesAJobAtOnce_whenTooManyWait() {
    restart(Map.of("queue-capacity", 1));
    List<Request> requests = duringACommitOf(TestJobs.job(), TestJobs.job());

    ProblemException problem =
        catchThrowableOfType(ProblemException.class, () -> commit.store(TestJobs.job()));

    assertThat(problem.type()).isEqualTo(ProblemType.OVERLOADED);
    assertThat(Problems.retryAfter(problem)).isEqualTo(Duration.ofSeconds(1));
    store.finish();
    requests.forEach(Request::stored);
  }

  /** Its client has been told that it was not stored, so it must never run. */
  @Test
  void neverStoresAJobWhoseRequestGaveUp() {
    restart(Map.of("timeout", "100ms"));
    NewJob late = TestJobs.job();
    List<Request> requests = duringACommitOf(TestJobs.job(), late);
    assertThat(requests.get(1).problem().type()).isEqualTo(ProblemType.STORE_UNAVAILABLE);

    store.finish();

    requests.get(0).stored();
    commit.store(TestJobs.job());
    assertThat(store.stored()).extracting(Submission::id).doesNotContain(late.id());
  }

  /** Nobody accounts for the memory of one that waits without a request. */
  @Test
  void keepsNoJobWhoseRequestGaveUp() {
    restart(Map.of("timeout", "100ms", "queue-capacity", 1));
    List<Request> requests = duringACommitOf(TestJobs.job(), TestJobs.job());
    requests.get(1).problem();

    ProblemException second = submit(TestJobs.job()).getFirst().problem();

    assertThat(second.type()).as("there was a place").isEqualTo(ProblemType.STORE_UNAVAILABLE);
    store.finish();
  }

  @Test
  void storesLargeJobsInGroupsThatTheDatabaseTakesInTime() {
    List<Request> requests = duringACommitOf(large(), large(), large(), large());

    store.finish();

    requests.forEach(Request::stored);
    assertThat(store.commits()).extracting(List::size).containsExactly(1, 2, 1);
  }

  @Test
  void letsNoSmallJobWaitForALargeOne() {
    List<Request> requests = duringACommitOf(large(), TestJobs.job());

    eventually().until(() -> store.attempts() == 2);

    store.finish();
    requests.forEach(Request::stored);
  }

  private static NewJob large() {
    return TestJobs.job(15 * 1024 * 1024);
  }

  /** What the window does not hold waits in the database for the dispatcher. */
  @Test
  void sendsNoTicket_whenTheQueueIsLongEnough() {
    try (Dispatching narrow = Dispatching.withWindow(1)) {
      restart(narrow.tickets(), Map.of());
      NewJob first = TestJobs.job();
      commit.store(first);
      commit.store(TestJobs.job());

      assertThat(store.stored()).extracting(Submission::sequence).containsExactly(null, 1L);
      eventually()
          .untilAsserted(() -> assertThat(narrow.ticketedJobs()).containsExactly(first.id()));
    }
  }

  @Test
  void goesOn_whenTicketsCannotBeSent() {
    restart(Dispatching.failingTickets(), Map.of());

    assertThat(commit.store(TestJobs.job())).isEqualTo(FakeStore.COMMITTED);
    assertThat(commit.store(TestJobs.job())).isEqualTo(FakeStore.COMMITTED);
  }

  @Test
  void storesWhatIsPending_whenItStops() {
    List<Request> requests = duringACommitOf(TestJobs.job(), TestJobs.job(), TestJobs.job());
    Thread stopping = Thread.ofVirtual().start(commit::stop);
    eventually().until(() -> !commit.isRunning());

    store.finish();

    requests.forEach(Request::stored);
    eventually().until(() -> !stopping.isAlive());
    assertThat(store.stored()).hasSize(3);
  }

  @Test
  void refusesJobs_onceItHasStopped() {
    commit.stop();

    ProblemException problem =
        catchThrowableOfType(ProblemException.class, () -> commit.store(TestJobs.job()));

    assertThat(problem.type()).isEqualTo(ProblemType.OVERLOADED);
  }

  private SharedCommit started(Tickets tickets, Map<String, ?> settings) {
    Map<String, Object> one = new HashMap<>(settings);
    one.put("committers", 1);
    SharedCommit fresh =
        new SharedCommit(
            store, tickets, Settings.of(CommitSettings.class, one), new SimpleMeterRegistry());
    fresh.start();
    return fresh;
  }

  private void restart(Map<String, ?> settings) {
    restart(dispatching.tickets(), settings);
  }

  private void restart(Tickets tickets, Map<String, ?> settings) {
    commit.stop();
    commit = started(tickets, settings);
  }

  /** Requests for all these jobs: the first is being committed, the others wait behind it. */
  private List<Request> duringACommitOf(NewJob first, NewJob... others) {
    store.hold();
    List<Request> requests = new ArrayList<>(submit(first));
    eventually().until(() -> store.attempts() == 1);
    requests.addAll(submit(others));
    return requests;
  }

  /** One request a job, each on a thread of its own; all of them wait for their commit then. */
  private List<Request> submit(NewJob... jobs) {
    List<Request> requests = Arrays.stream(jobs).map(job -> new Request(commit, job)).toList();
    requests.forEach(request -> eventually().until(request::waits));
    return requests;
  }

  /** A request that waits for its commit. */
  private static final class Request {
    private final CompletableFuture<Instant> answer = new CompletableFuture<>();
    private final NewJob job;
    private final Thread thread;

    Request(SharedCommit commit, NewJob job) {
      this.job = job;
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try {
                  answer.complete(commit.store(job));
                } catch (ProblemException | KeyTakenException e) {
                  answer.completeExceptionally(e);
                }
              });
    }

    boolean waits() {
      return answer.isDone() || thread.getState() == Thread.State.TIMED_WAITING;
    }

    void stored() {
      assertThat(answer).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(FakeStore.COMMITTED);
    }

    ProblemException problem() {
      eventually().until(answer::isDone);
      return (ProblemException) answer.exceptionNow();
    }
  }
}
