package io.mlp.job;

import static io.mlp.job.FailureKind.INVALID_INPUT;
import static io.mlp.job.FailureKind.MODEL_ERROR;
import static io.mlp.job.FailureKind.MODEL_UNAVAILABLE;
import static io.mlp.job.FailureKind.OUTPUT_TOO_LARGE;
import static io.mlp.job.FailureKind.STORE_UNAVAILABLE;
import static io.mlp.job.FailureKind.TIMEOUT;
import static io.mlp.job.FailureKind.WORKER_LOST;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureKindTest {
  /** The same inputs on the same model would fail again; what the surroundings did may not. */
  @Test
  void onlyWhatTheSurroundingsDidIsWorthAnotherAttempt() {
    assertThat(FailureKind.values())
        .filteredOn(FailureKind::retryable)
        .containsExactlyInAnyOrder(TIMEOUT, WORKER_LOST, STORE_UNAVAILABLE);
    assertThat(FailureKind.values())
        .filteredOn(kind -> !kind.retryable())
        .containsExactlyInAnyOrder(INVALID_INPUT, MODEL_UNAVAILABLE, MODEL_ERROR, OUTPUT_TOO_LARGE);
  }

  @Test
  void namesAreWhatTheDatabaseAndTheWireHold() {
    assertThat(FailureKind.values())
        .extracting(FailureKind::text)
        .containsExactly(
            "invalid_input",
            "model_unavailable",
            "model_error",
            "output_too_large",
            "timeout",
            "worker_lost",
            "store_unavailable");
  }

  @ParameterizedTest
  @EnumSource(FailureKind.class)
  void isFoundByItsName(FailureKind kind) {
    assertThat(FailureKind.of(kind.text())).contains(kind);
  }

  @Test
  void unknownNamesAreNoKind() {
    assertThat(FailureKind.of("TIMEOUT")).isEmpty();
    assertThat(FailureKind.of("bad_luck")).isEmpty();
  }
}
