package io.mlp.worker.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobOutcomeTest {
  @ParameterizedTest(name = "{0} at attempt {1} of {2}: {3}")
  @CsvSource({
    "TIMEOUT,           1, 3, true",
    "TIMEOUT,           2, 3, true",
    "TIMEOUT,           3, 3, false",
    "TIMEOUT,           4, 3, false",
    "TIMEOUT,           1, 1, false",
    "STORE_UNAVAILABLE, 1, 2, true",
    "WORKER_LOST,       1, 2, true",
    "INVALID_INPUT,     1, 3, false",
    "MODEL_ERROR,       1, 3, false",
    "MODEL_UNAVAILABLE, 1, 3, false",
  })
  void isTriedAgain_onlyIfThatMayHelpAndTheBudgetAllowsIt(
      FailureKind kind, int attempt, int most, boolean retried) {
    JobOutcome.Failed failed =
        new JobOutcome.Failed(TestJobs.attempt(attempt, most), new Failure(kind, "so it goes"));

    assertThat(failed.retried()).isEqualTo(retried);
  }

  @Test
  void queueTimeIsFromAcceptanceToThisClaim() {
    assertThat(TestJobs.attempt(1, 3).queueTime()).isEqualTo(Duration.ofMillis(250));
  }
}
