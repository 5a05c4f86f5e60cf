package io.mlp.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.Settings;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.FakeRegistry;
import io.mlp.job.WaitingJob;
import io.mlp.model.ModelSignature;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DispatchWindowTest {
  private static final int QUEUE = 7;
  private static final Duration TICK = Duration.ofMillis(250);

  private static final WaitingJob JOB = new WaitingJob(UUID.randomUUID(), 0, 0, null);

  private final CataloguedVersion version =
      new FakeRegistry()
          .version("digits", 1, new ModelSignature(List.of(), List.of()))
          .catalogue()
          .all()
          .getFirst();

  private long nanos;
  private final DispatchWindow window = window(2000);

  private DispatchWindow window(int most) {
    return new DispatchWindow(
        Settings.of(DispatchSettings.class, Map.of("window", most)), () -> nanos);
  }

  /** How many more have room, when so many are left after a while. */
  private int counted(int ready) {
    nanos += TICK.toNanos();
    return window.counted(QUEUE, ready);
  }

  @Test
  void hasAFewPlaces_beforeAnythingIsKnown() {
    for (int i = 0; i < DispatchWindow.FIRST; i++) {
      assertThat(window.reserve(QUEUE)).isTrue();
    }
    assertThat(window.reserve(QUEUE)).isFalse();
  }

  @Test
  void hasNoMoreThanIsSet() {
    DispatchWindow narrow = window(3);
    for (int i = 0; i < 3; i++) {
      assertThat(narrow.reserve(QUEUE)).isTrue();
    }
    assertThat(narrow.reserve(QUEUE)).isFalse();
  }

  @Test
  void countsEachQueueByItself() {
    window.sent(QUEUE, DispatchWindow.FIRST);
    assertThat(window.reserve(QUEUE)).isFalse();
    assertThat(window.reserve(8)).isTrue();
  }

  /** As long as nothing is left, nobody knows how many workers could take. */
  @Test
  void grows_whileWorkersLeaveNothing() {
    int room = DispatchWindow.FIRST;
    for (int i = 0; i < 4; i++) {
      window.sent(QUEUE, room);
      int next = counted(0);
      assertThat(next).isEqualTo(2 * room);
      room = next;
    }
  }

  @Test
  void isTheWorkOfHalfASecond_whereTicketsAreLeft() {
    window.sent(QUEUE, 10);
    int room = 0;
    for (int i = 0; i < 40; i++) {
      window.sent(QUEUE, 25);
      room = counted(10);
    }
    assertThat(room).as("25 in a quarter of a second, and 10 are there").isBetween(39, 41);
  }

  /** Whoever counts again at once learns nothing new. */
  @Test
  void isNotMistaken_whenItIsCountedTwice() {
    window.sent(QUEUE, 5);
    window.counted(QUEUE, 5);
    window.counted(QUEUE, 5);
    assertThat(window.counted(QUEUE, 5)).isEqualTo(DispatchWindow.FIRST - 5);
  }

  @Test
  void isSmall_whereJobsAreSlow() {
    window.sent(QUEUE, 32);
    for (int ready = 31; ready > 1; ready--) {
      for (int quarter = 0; quarter < 4; quarter++) {
        assertThat(counted(ready)).isZero();
      }
    }
    assertThat(counted(1)).isEqualTo(1);
  }

  /** What a worker holds is so many tickets, and no later job gets before it. */
  @Test
  void givesATicketForMoreJobs_theFasterTheyAre() {
    assertThat(jobsPerTicket()).isEqualTo(1);
    window.sent(version.id(), 500);
    window.counted(version.id(), 0);
    assertThat(jobsPerTicket()).as("2000 a second").isEqualTo(8);
    for (int i = 0; i < 40; i++) {
      nanos += TICK.toNanos();
      window.sent(version.id(), 100);
      window.counted(version.id(), 40);
    }
    assertThat(jobsPerTicket()).as("400 a second").isEqualTo(2);
  }

  private int jobsPerTicket() {
    return window.tickets(version, Collections.nCopies(24, JOB)).getFirst().ticket().jobs().size();
  }

  /** The broker counts tickets. */
  @Test
  void countsTheJobsOfTickets() {
    window.sent(version.id(), 1000);
    window.counted(version.id(), 0);
    for (int i = 0; i < 20; i++) {
      window.tickets(version, Collections.nCopies(8, JOB));
    }
    int room = window.counted(version.id(), 0);

    assertThat(window.counted(version.id(), 10)).isBetween(room - 80, room - 79);
  }

  @Test
  void staysAsItIs_whileNothingIsSent() {
    window.sent(QUEUE, 32);
    counted(0);
    assertThat(counted(0)).isEqualTo(64);
    assertThat(counted(0)).isEqualTo(64);
  }

  /** Another replica may have sent some, too. */
  @Test
  void hasNoRoom_whenTheBrokerCountsMoreThanItsSize() {
    assertThat(counted(5000)).isZero();
    assertThat(window.reserve(QUEUE)).isFalse();
  }

  @Test
  void isInUse_whileTicketsMayWait() {
    assertThat(window.inUse(QUEUE)).isFalse();
    window.reserve(QUEUE);
    assertThat(window.inUse(QUEUE)).isTrue();
    counted(0);
    assertThat(window.inUse(QUEUE)).isFalse();
  }

  @Test
  void isDirtyUntilSomebodyMendsIt() {
    window.markDirty(QUEUE);
    window.markDirty(8);
    window.clean(Set.of(8));
    assertThat(window.dirty()).containsExactly(QUEUE);
  }

  /** Whoever comes now would overtake those that stand in line. */
  @Test
  void hasNoPlaceForANewJob_whileOthersStandInLine() {
    window.backlogged(QUEUE);
    assertThat(window.reserve(QUEUE)).isFalse();
    assertThat(window.reserve(8)).isTrue();
    window.lookAtBacklog(QUEUE);
    assertThat(window.reserve(QUEUE)).isTrue();
  }
}
