package io.mlp.api.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.mlp.api.Settings;
import io.mlp.api.http.ClientLimits;
import io.mlp.cache.Announcement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class WaitersTest {
  private static final UUID JOB = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab");
  private static final UUID OTHER = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ac");
  private static final Duration LONG = Duration.ofSeconds(30);

  private final FinishedJobsInMemory finished = new FinishedJobsInMemory();
  private final Waiters waiters = waiters(8);

  private Waiters waiters(int connections) {
    return new Waiters(
        finished, Settings.of(ClientLimits.class, Map.of("max-connections", connections)));
  }

  /** What Redis and PostgreSQL know of jobs that have ended. */
  private static final class FinishedJobsInMemory implements FinishedJobSource {
    final Map<UUID, JobEnd> jobs = new HashMap<>();
    final List<List<UUID>> questions = new ArrayList<>();
    boolean away;

    void end(UUID job) {
      jobs.put(job, new JobEnd.Told(("ended " + job).getBytes(UTF_8)));
    }

    @Override
    public Map<UUID, JobEnd> find(List<UUID> jobIds) {
      questions.add(jobIds);
      if (away) {
        throw new DataAccessResourceFailureException("away");
      }
      Map<UUID, JobEnd> found = new HashMap<>(jobs);
      found.keySet().retainAll(jobIds);
      return found;
    }
  }

  @Test
  void wakesTheWaiter_whenItsJobIsAnnounced() throws Exception {
    try (Waiters.Waiter waiter = waiters.register(JOB)) {
      CompletableFuture<Optional<JobEnd>> answer =
          CompletableFuture.supplyAsync(() -> waiter.await(LONG));
      finished.end(JOB);

      waiters.announced(announcement(OTHER, JOB));

      assertThat(answer.get(10, TimeUnit.SECONDS)).hasValueSatisfying(this::isTheEndedJob);
    }
  }

  @Test
  void asksForNoJobThatIsToldWhole() {
    byte[] json = "{}".getBytes(UTF_8);
    try (Waiters.Waiter waiter = waiters.register(JOB)) {
      waiters.announced(new Announcement(List.of(OTHER, JOB), Map.of(JOB, json)));

      assertThat(waiter.await(LONG)).hasValue(new JobEnd.Told(json));
      assertThat(finished.questions).isEmpty();
    }
  }

  /** Whoever answers for it reads it. */
  @Test
  void wakesTheWaiterOfALargeJob_withoutTheJob() {
    try (Waiters.Waiter waiter = waiters.register(JOB)) {
      finished.jobs.put(JOB, new JobEnd.Untold());

      waiters.announced(announcement(JOB));

      assertThat(waiter.await(LONG)).hasValue(new JobEnd.Untold());
    }
  }

  /** Between the registration and the wait the job may have ended already. */
  @Test
  void missesNothingThatIsAnnouncedBeforeTheWait() {
    try (Waiters.Waiter waiter = waiters.register(JOB)) {
      finished.end(JOB);
      waiters.announced(announcement(JOB));

      assertThat(waiter.await(LONG)).hasValueSatisfying(this::isTheEndedJob);
    }
  }

  @Test
  void wakesAllThatWaitForAJob() {
    try (Waiters.Waiter one = waiters.register(JOB);
        Waiters.Waiter two = waiters.register(JOB)) {
      finished.end(JOB);
      waiters.announced(announcement(JOB));

      assertThat(one.await(LONG)).hasValueSatisfying(this::isTheEndedJob);
      assertThat(two.await(LONG)).hasValueSatisfying(this::isTheEndedJob);
    }
  }

  @Test
  void givesNothing_whenTheTimePassesFirst() {
    try (Waiters.Waiter waiter = waiters.register(JOB)) {
      assertThat(waiter.await(Duration.ofMillis(1))).isEmpty();
      assertThat(waiter.await(Duration.ZERO)).isEmpty();
    }
  }

  /** An announcement is only a hint: the job's row may not be visible, or Redis may lag. */
  @Test
  void waitsOn_whenTheAnnouncedJobIsNotFoundYet() {
    try (Waiters.Waiter waiter = waiters.register(JOB)) {
      waiters.announced(announcement(JOB));
      assertThat(waiter.await(Duration.ofMillis(1))).isEmpty();

      finished.end(JOB);
      waiters.rereadAll();

      assertThat(waiter.await(LONG)).hasValueSatisfying(this::isTheEndedJob);
    }
  }

  @Test
  void looksForNothing_whenNobodyWaitsForWhatIsAnnounced() {
    waiters.announced(announcement(JOB, OTHER));

    assertThat(finished.questions).isEmpty();
  }

  @Test
  void looksForAnnouncedJobsWithOneQuestion() {
    try (Waiters.Waiter _ = waiters.register(JOB);
        Waiters.Waiter _ = waiters.register(OTHER)) {
      waiters.announced(announcement(JOB, OTHER));
    }

    assertThat(finished.questions).containsExactly(List.of(JOB, OTHER));
  }

  @Test
  void findsWhatEnded_whenTheAnnouncementWasLost() {
    try (Waiters.Waiter waiter = waiters.register(JOB)) {
      finished.end(JOB);

      waiters.rereadAll();

      assertThat(waiter.await(LONG)).hasValueSatisfying(this::isTheEndedJob);
    }
  }

  @Test
  void looksForAThousandJobsWithOneQuestion() {
    Waiters many = waiters(10_000);
    for (int i = 0; i < 2_001; i++) {
      many.register(new UUID(0, i));
    }

    many.rereadAll();

    assertThat(finished.questions).extracting(List::size).containsExactly(1000, 1000, 1);
  }

  @Test
  void keepsWaiting_whileTheDatabaseIsAway() {
    try (Waiters.Waiter waiter = waiters.register(JOB)) {
      finished.away = true;
      assertThatCode(waiters::rereadAll).doesNotThrowAnyException();

      finished.away = false;
      finished.end(JOB);
      waiters.rereadAll();

      assertThat(waiter.await(LONG)).hasValueSatisfying(this::isTheEndedJob);
    }
  }

  @Test
  void answersAtOnce_whenTooManyWait() {
    try (Waiters.Waiter _ = waiters.register(OTHER);
        Waiters.Waiter _ = waiters.register(OTHER);
        Waiters.Waiter oneTooMany = waiters.register(JOB)) {
      finished.end(JOB);
      waiters.announced(announcement(JOB));

      assertThat(oneTooMany.await(LONG)).isEmpty();
    }
    assertThat(finished.questions).isEmpty();
  }

  @Test
  void takesNewWaiters_whenOthersHaveGone() {
    for (int i = 0; i < 5; i++) {
      waiters.register(OTHER).close();
    }
    finished.end(JOB);

    try (Waiters.Waiter _ = waiters.register(OTHER);
        Waiters.Waiter waiter = waiters.register(JOB)) {
      waiters.rereadAll();

      assertThat(waiter.await(LONG)).hasValueSatisfying(this::isTheEndedJob);
    }
  }

  /** One that was never let in gives no place back. */
  @Test
  void keepsItsCount_whenARefusedWaiterGoes() {
    try (Waiters.Waiter _ = waiters.register(OTHER);
        Waiters.Waiter _ = waiters.register(OTHER)) {
      waiters.register(JOB).close();
      try (Waiters.Waiter stillTooMany = waiters.register(JOB)) {
        assertThat(stillTooMany.await(LONG)).isEmpty();
      }
    }
  }

  @Test
  void forgetsAJob_whenItsLastWaiterHasGone() {
    waiters.register(JOB).close();

    waiters.rereadAll();
    waiters.announced(announcement(JOB));

    assertThat(finished.questions).isEmpty();
  }

  private void isTheEndedJob(JobEnd end) {
    assertThat(end)
        .isInstanceOfSatisfying(
            JobEnd.Told.class,
            told -> assertThat(told.json()).asString(UTF_8).isEqualTo("ended " + JOB));
  }

  /** Of ids alone. */
  private static Announcement announcement(UUID... ids) {
    return new Announcement(List.of(ids), Map.of());
  }
}
