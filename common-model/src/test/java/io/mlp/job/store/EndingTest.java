package io.mlp.job.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.JobMove;
import io.mlp.job.JobStatus;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EndingTest {
  private static final UUID ID = UUID.randomUUID();
  private static final Failure FAILURE = new Failure(FailureKind.TIMEOUT, "too long");

  @ParameterizedTest
  @EnumSource(JobMove.class)
  void isNoMoveThatLeadsToAnUnfinishedState(JobMove move) {
    if (!move.to().terminal()) {
      assertThatThrownBy(() -> new Ending(ID, 1, move, null, null, null))
          .hasMessageContaining(move.name());
    }
  }

  @Test
  void hasAnOutcomeOnlyIfItSucceeds() {
    assertThatThrownBy(() -> new Ending(ID, 1, JobMove.SUCCEED, null, null, null))
        .isInstanceOf(IllegalArgumentException.class);
    Ending.Outcome outcome = new Ending.Outcome(List.of(), null, Duration.ZERO, 0, null);
    assertThatThrownBy(
            () -> new Ending(ID, 1, JobMove.FAIL, outcome, FailureKind.TIMEOUT, "too long"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hasAKindOfFailureOnlyIfItFails() {
    assertThatThrownBy(() -> new Ending(ID, 1, JobMove.FAIL, null, null, "why"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new Ending(ID, 1, JobMove.CANCEL_QUEUED, null, FailureKind.TIMEOUT, "why"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void beginsInTheStateThatTheJobWasSeenIn() {
    assertThat(Ending.canceled(ID, 1, true).move().from()).isEqualTo(JobStatus.RUNNING);
    assertThat(Ending.canceled(ID, 1, false).move().from()).isEqualTo(JobStatus.QUEUED);
    assertThat(Ending.expired(ID, 1, true).move().from()).isEqualTo(JobStatus.RUNNING);
    assertThat(Ending.expired(ID, 1, false).move().from()).isEqualTo(JobStatus.QUEUED);
    assertThat(Ending.failed(ID, 1, FAILURE).move().from()).isEqualTo(JobStatus.RUNNING);
    assertThat(Ending.abandoned(ID, 1, FAILURE).move().from()).isEqualTo(JobStatus.QUEUED);
  }
}
