package io.mlp.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DispatchWindowTest {
  private static final int QUEUE = 7;
  private static final Duration TICK = Duration.ofMillis(250);

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
