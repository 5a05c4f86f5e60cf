package io.mlp.api.submission.storing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.dispatch.Dispatching;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.submission.validation.TestJobs;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class PendingJobTest {
  private static final Instant CREATED = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration SHORT = Duration.ofMillis(1);

  private final PendingJob pending = new PendingJob(TestJobs.job());

  @Test
  void tellsWhenItWasStored() {
    assertThat(pending.take()).isTrue();
    pending.stored(CREATED);

    assertThat(pending.await(SHORT)).isEqualTo(CREATED);
  }

  @Test
  void isTakenOnce() {
    assertThat(pending.take()).isTrue();
    assertThat(pending.take()).isFalse();
  }

  @Test
  void isWithdrawn_whenNobodyTookItInTime() {
    ProblemException problem = problemOfWaiting();

    assertThat(problem.type()).isEqualTo(ProblemType.STORE_UNAVAILABLE);
    assertThat(problem).hasMessageStartingWith("The job was not stored");
    assertThat(pending.take()).isFalse();
  }

  /** Its client must not be told that it was not stored while it may yet be. */
  @Test
  void isWaitedForBeyondTheTimeout_whenACommitterHasIt() throws Exception {
    pending.take();
    CompletableFuture<Instant> request = CompletableFuture.supplyAsync(() -> pending.await(SHORT));
    assertThat(request).as("longer than the timeout").failsWithin(Duration.ofMillis(50));

    pending.stored(CREATED);

    assertThat(request.get(10, TimeUnit.SECONDS)).isEqualTo(CREATED);
  }

  @Test
  void isUnavailable_whenTheCommitFails() {
    pending.take();
    pending.failed(new DataAccessResourceFailureException("away"));

    ProblemException problem = problemOfWaiting();

    assertThat(problem.type()).isEqualTo(ProblemType.STORE_UNAVAILABLE);
    assertThat(problem).hasCauseInstanceOf(DataAccessResourceFailureException.class);
  }

  @Test
  void isUnavailable_whenItsRequestIsInterrupted() {
    Thread.currentThread().interrupt();

    ProblemException problem = problemOfWaiting();

    assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
    assertThat(problem.type()).isEqualTo(ProblemType.STORE_UNAVAILABLE);
  }

  /** A group that failed is tried again job by job; that takes no second place in the window. */
  @Test
  void reservesAPlaceInTheWindowOnce() {
    try (Dispatching dispatching = Dispatching.withWindow(1)) {
      assertThat(pending.reserve(dispatching.tickets())).isTrue();
      assertThat(pending.reserve(dispatching.tickets())).isTrue();
      assertThat(pending.ticketed()).isTrue();

      assertThat(new PendingJob(TestJobs.job()).reserve(dispatching.tickets())).isFalse();
    }
  }

  private ProblemException problemOfWaiting() {
    return catchThrowableOfType(ProblemException.class, () -> pending.await(SHORT));
  }
}
