package io.mlp.api.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.MutableClock;
import io.mlp.api.Settings;
import io.mlp.api.dispatch.Dispatching;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.FakeRegistry;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.owner.TestCallers;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Problems;
import io.mlp.job.store.QueueStatistics.Count;
import io.mlp.model.ModelSignature;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final int MOST = 100;
  private static final int MOST_IN_ALL = 150;
  private static final ModelSignature NOTHING = new ModelSignature(List.of(), List.of());

  private final ModelCatalogue catalogue =
      new FakeRegistry().version("digits", 1, NOTHING).version("iris", 2, NOTHING).catalogue();
  private final CataloguedVersion digits = catalogue.version("digits", 1).orElseThrow();
  private final CataloguedVersion iris = catalogue.version("iris", 2).orElseThrow();
  private final FakeLiveJobs live = new FakeLiveJobs();
  private final MutableClock clock = new MutableClock();
  private final KnownQueues knownQueues =
      new KnownQueues(live, Dispatching.withWindow(1).tickets(), clock);
  private final Admission admission =
      new Admission(
          knownQueues,
          Settings.of(
              QueueSettings.class, Map.of("max-queued", MOST, "max-queued-in-all", MOST_IN_ALL)),
          clock);

  private void wait(int digitsJobs, int irisJobs) {
    live.are(
        new Count(digits.id(), digitsJobs, 0, false, 1),
        new Count(iris.id(), irisJobs, 0, false, 1));
    knownQueues.count();
  }

  private void admit(CataloguedVersion version, int jobs) {
    for (int i = 0; i < jobs; i++) {
      admission.admit(version, "vision", TestCallers.vision());
    }
  }

  private ProblemException refusal(CataloguedVersion version) {
    return catchThrowableOfType(
        ProblemException.class, () -> admission.admit(version, "vision", TestCallers.vision()));
  }

  @Test
  void letsInAsManyAsMayWait_andNoneMore() {
    wait(40, 0);
    admit(digits, 60);

    ProblemException refused = refusal(digits);

    assertThat(refused.type()).isEqualTo(ProblemType.QUEUE_FULL);
    assertThat(refused)
        .hasMessage("The queue of model digits, version 1, is full: about 100 jobs wait, 100 may");
    admit(iris, 1);
  }

  @Test
  void letsOthersInAgain_whenFewerWait() {
    wait(100, 0);
    refusal(digits);

    wait(99, 0);

    admit(digits, 1);
    assertThat(refusal(digits).type()).isEqualTo(ProblemType.QUEUE_FULL);
  }

  private ProblemException refusalOf(int most) {
    return catchThrowableOfType(
        ProblemException.class,
        () -> admission.admit(iris, "vision", TestCallers.visionWithJobsInFlight(most)));
  }

  @Test
  void letsAnOwnerHaveAsManyAsItMay_andNoneMore() {
    live.are("vision", 7);
    live.are("speech", 50);
    knownQueues.count();
    admit(digits, 2);
    assertThat(refusalOf(10)).isNull();

    ProblemException refused = refusalOf(10);

    assertThat(refused.type()).isEqualTo(ProblemType.QUOTA_EXCEEDED);
    assertThat(refused).hasMessage("The owner has about 10 unfinished jobs (expected: at most 10)");
    assertThat(admission.room(TestCallers.visionWithJobsInFlight(12))).isEqualTo(2);
    admit(digits, 1);
  }

  /** Seven ended in ten seconds, and go on ending: the pace is part of what is known. */
  @Test
  void letsAnOwnerInAgain_asItsJobsEnd() {
    live.are("vision", 10);
    knownQueues.count();
    clock.advance(Duration.ofSeconds(10));
    live.are("vision", 3);
    knownQueues.count();
    for (int i = 0; i < 7; i++) {
      assertThat(refusalOf(10)).isNull();
    }
    assertThat(refusalOf(10).type()).isEqualTo(ProblemType.QUOTA_EXCEEDED);

    clock.advance(Duration.ofSeconds(3));

    assertThat(refusalOf(10)).isNull();
  }

  @Test
  void letsNoMoreInThanMayWaitInAll() {
    wait(70, 70);
    admit(digits, 5);
    admit(iris, 5);

    assertThat(refusal(iris))
        .hasMessage("The queue of all models is full: about 150 jobs wait, 150 may");
    assertThat(refusal(digits).type()).isEqualTo(ProblemType.QUEUE_FULL);
  }

  @Test
  void sendsThemAwayUntilTheNextCount_whenThePaceIsNotKnown() {
    wait(100, 0);

    assertThat(Problems.retryAfter(refusal(digits))).isEqualTo(Duration.ofSeconds(10));
  }

  /** Two jobs a second were taken: five seconds for the ten of the hundred. */
  @Test
  void sendsThemAwayUntilATenthIsFree_whenThePaceIsKnown() {
    wait(120, 0);
    clock.advance(Duration.ofSeconds(10));
    wait(100, 0);

    assertThat(Problems.retryAfter(refusal(digits))).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void sendsNobodyAwayForLongerThanFiveMinutes() {
    wait(101, 0);
    clock.advance(Duration.ofDays(1));
    wait(100, 0);

    assertThat(Problems.retryAfter(refusal(digits))).isEqualTo(Duration.ofMinutes(5));
  }
}
