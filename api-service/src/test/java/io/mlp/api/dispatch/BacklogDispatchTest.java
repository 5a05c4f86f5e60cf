package io.mlp.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.Settings;
import io.mlp.job.store.Dispatchable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BacklogDispatchTest {
  private static final int VERSION = 7;
  private static final Duration SETTLES = Duration.ofSeconds(5);

  private long nanos;
  private final FakeBacklog backlog = new FakeBacklog();
  private BacklogDispatch dispatch = replica();

  private BacklogDispatch replica() {
    DispatchSettings settings =
        Settings.of(DispatchSettings.class, Map.of("redispatch-after", SETTLES.toSeconds() + "s"));
    return new BacklogDispatch(backlog, settings, () -> nanos);
  }

  private List<UUID> next(int most) {
    return dispatch.next(VERSION, most).jobs().stream().map(Dispatchable::id).toList();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  /** As the dispatcher does, several times a second. */
  private void idle(Duration time) {
    for (int i = 0; i < time.toMillis() / 100; i++) {
      pass(Duration.ofMillis(100));
      assertThat(next(10)).isEmpty();
    }
  }

  @Test
  void takesJobsInTheirOrder_eachOnce() {
    List<UUID> low = backlog.add(3, 2);
    List<UUID> high = backlog.add(8, 2);

    assertThat(next(1)).containsExactly(high.get(0));
    assertThat(next(2)).containsExactly(high.get(1), low.get(0));
    assertThat(dispatch.next(VERSION, 2).done()).isTrue();
    assertThat(next(2)).isEmpty();
  }

  @Test
  void leavesNoneOut_ofSeveralOwnersAtOneSequence() {
    List<UUID> jobs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      jobs.add(backlog.add(4, 1, Instant.EPOCH));
    }

    List<UUID> taken = new ArrayList<>(next(2));
    taken.addAll(next(2));
    taken.addAll(next(2));

    assertThat(taken).containsExactlyInAnyOrderElementsOf(jobs);
  }

  /** A tenth goes to the priority whose first job waits longest. */
  @Test
  void starvesNoPriority() {
    List<UUID> low = backlog.add(0, 100);
    for (int i = 0; i < 1000; i++) {
      backlog.add(9, i + 1, Instant.EPOCH.plusSeconds(1000 + i));
    }

    List<UUID> taken = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      taken.addAll(next(4));
    }

    assertThat(taken).hasSize(400);
    assertThat(taken.stream().filter(low::contains)).hasSize(40).startsWith(low.get(0));
  }

  /** So that none of them is placed before one that has its ticket. */
  @Test
  void tellsTheVirtualTimeBeforeItGetsThere() {
    backlog.add(4, 1000);

    for (int i = 0; i < 30; i++) {
      pass(Duration.ofMillis(250));
      long before = backlog.progress().virtualTime().get(4);
      next(20);
      long reached = 20L * (i + 1);
      assertThat(backlog.progress().virtualTime().get(4))
          .isGreaterThanOrEqualTo(Math.max(before, reached))
          .isLessThanOrEqualTo(reached + 100);
    }
  }

  @Test
  void countsTicketsAsSettled_afterTheTimeInWhichAWorkerShouldHaveUsedThem() {
    backlog.add(4, 30);
    next(10);
    pass(Duration.ofSeconds(2));
    next(10);

    pass(SETTLES.minusSeconds(1));
    next(0);
    assertThat(backlog.progress().settled().get(4)).isLessThanOrEqualTo(10);
    pass(SETTLES);
    next(0);
    assertThat(backlog.progress().settled().get(4)).isEqualTo(20);
  }

  @Test
  void letsGoOfTheLease_onceAllIsSettled() {
    backlog.add(4, 10);
    next(20);

    idle(SETTLES.minusSeconds(1));
    assertThat(dispatch.held()).containsExactly(VERSION);
    while (!dispatch.held().isEmpty()) {
      idle(Duration.ofMillis(100));
    }

    assertThat(backlog.progress().settled().get(4)).isEqualTo(10);
    assertThat(backlog.lease()).isZero();
  }

  @Test
  void anotherReplicaGoesOn_andSendsAgainWhatIsNotSettled() {
    List<UUID> jobs = backlog.add(4, 30);
    next(10);
    pass(SETTLES.plusSeconds(1));
    next(10);
    assertThat(backlog.progress().settled().get(4)).isEqualTo(10);

    dispatch = replica();
    assertThat(dispatch.next(VERSION, 30).done()).as("another one holds it").isFalse();
    backlog.holder(null);
    assertThat(next(30)).as("asked a moment ago").isEmpty();
    pass(Duration.ofSeconds(1));

    assertThat(next(30)).isEqualTo(jobs.subList(10, 30));
  }

  /** It was gone for longer than its lease: what it took, another one takes, too. */
  @Test
  void takesNothing_whenItHasLostTheLease() {
    backlog.add(4, 30);
    next(10);
    backlog.holder(UUID.randomUUID());
    pass(Duration.ofSeconds(2));

    assertThat(next(10)).isEmpty();
    assertThat(dispatch.held()).isEmpty();
  }

  @Test
  void beginsAnewWhereItLetGo() {
    List<UUID> jobs = backlog.add(4, 3);
    next(2);

    assertThat(dispatch.letGo(Set.of(VERSION, 8))).containsExactly(VERSION);

    assertThat(next(5)).isEqualTo(jobs);
  }
}
