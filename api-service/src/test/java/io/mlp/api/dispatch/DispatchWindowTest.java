package io.mlp.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DispatchWindowTest {
  private static final int QUEUE = 7;

  private final DispatchWindow window =
      new DispatchWindow(Settings.of(DispatchSettings.class, Map.of("window", 3)));

  @Test
  void hasAsManyPlacesAsItsSize() {
    assertThat(window.reserve(QUEUE)).isTrue();
    assertThat(window.reserve(QUEUE)).isTrue();
    assertThat(window.reserve(QUEUE)).isTrue();
    assertThat(window.reserve(QUEUE)).isFalse();
  }

  @Test
  void countsEachQueueByItself() {
    window.sent(QUEUE, 3);

    assertThat(window.reserve(QUEUE)).isFalse();
    assertThat(window.reserve(8)).isTrue();
  }

  @Test
  void endsTheDoubtForWhoeverAsksFirst() {
    window.doubt(QUEUE);
    window.doubt(QUEUE);

    assertThat(window.takeDoubt(8)).isFalse();
    assertThat(window.takeDoubt(QUEUE)).isTrue();
    assertThat(window.takeDoubt(QUEUE)).isFalse();
  }

  @Test
  void hasRoomAgain_whenTheBrokerCountsFewer() {
    window.sent(QUEUE, 3);

    assertThat(window.counted(QUEUE, 1)).isEqualTo(2);
    assertThat(window.reserve(QUEUE)).isTrue();
    assertThat(window.reserve(QUEUE)).isTrue();
    assertThat(window.reserve(QUEUE)).isFalse();
  }

  /** Another replica may have sent some, too. */
  @Test
  void hasNoRoom_whenTheBrokerCountsMoreThanItsSize() {
    assertThat(window.counted(QUEUE, 5)).isZero();
    assertThat(window.reserve(QUEUE)).isFalse();
  }

  @Test
  void isInUse_whileTicketsMayWait() {
    assertThat(window.inUse(QUEUE)).isFalse();

    window.reserve(QUEUE);
    assertThat(window.inUse(QUEUE)).isTrue();

    window.counted(QUEUE, 0);
    assertThat(window.inUse(QUEUE)).isFalse();
  }
}
