package io.mlp.job;

import static io.mlp.job.JobStatus.CANCELED;
import static io.mlp.job.JobStatus.EXPIRED;
import static io.mlp.job.JobStatus.FAILED;
import static io.mlp.job.JobStatus.QUEUED;
import static io.mlp.job.JobStatus.RUNNING;
import static io.mlp.job.JobStatus.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class JobStatusTest {
  /** The life of a job as docs/architecture.md draws it, written out a second time on purpose. */
  private static final Map<JobStatus, Set<JobStatus>> LIFE =
      Map.of(
          QUEUED, EnumSet.of(RUNNING, CANCELED, EXPIRED, FAILED),
          RUNNING, EnumSet.of(SUCCEEDED, FAILED, QUEUED, CANCELED, EXPIRED),
          SUCCEEDED, EnumSet.noneOf(JobStatus.class),
          FAILED, EnumSet.of(QUEUED),
          CANCELED, EnumSet.of(QUEUED),
          EXPIRED, EnumSet.of(QUEUED));

  static Stream<Arguments> everyPair() {
    return Arrays.stream(JobStatus.values())
        .flatMap(from -> Arrays.stream(JobStatus.values()).map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("everyPair")
  void movesOnlyAsItsLifeAllows(JobStatus from, JobStatus to) {
    assertThat(from.canMoveTo(to)).isEqualTo(LIFE.getOrDefault(from, Set.of()).contains(to));
  }

  @Test
  void noMoveStandsInTheTableTwice() {
    assertThat(JobMove.values())
        .extracting(move -> List.of(move.from(), move.to()))
        .doesNotHaveDuplicates();
  }

  @Test
  void onlyTheFourEndsAreTerminal() {
    assertThat(JobStatus.values())
        .filteredOn(JobStatus::terminal)
        .containsExactlyInAnyOrder(SUCCEEDED, FAILED, CANCELED, EXPIRED);
  }

  /** A worker touches a job only under a lease, and only a client brings an ended job back. */
  @ParameterizedTest
  @EnumSource(JobMove.class)
  void workersMoveRunningJobsAndClientsReviveEndedOnes(JobMove move) {
    switch (move.mover()) {
      case WORKER, WORKER_OR_API ->
          assertThat(move.from() == RUNNING || move == JobMove.CLAIM).isTrue();
      case API -> assertThat(move.from()).isEqualTo(QUEUED);
      case CLIENT -> assertThat(move.to()).isIn(CANCELED, QUEUED);
    }
    if (move.from().terminal()) {
      assertThat(move.mover()).isEqualTo(JobMove.Mover.CLIENT);
    }
  }

  @Test
  void namesAreWhatTheDatabaseAndTheWireHold() {
    assertThat(JobStatus.values())
        .extracting(JobStatus::text)
        .containsExactly("queued", "running", "succeeded", "failed", "canceled", "expired");
  }

  @ParameterizedTest
  @EnumSource(JobStatus.class)
  void isFoundByItsName(JobStatus status) {
    assertThat(JobStatus.of(status.text())).contains(status);
  }

  @Test
  void unknownNamesAreNoStatus() {
    assertThat(JobStatus.of("QUEUED")).isEmpty();
    assertThat(JobStatus.of("done")).isEmpty();
  }
}
