package io.mlp.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FinishedJobsTest {
  private static final UUID ONE = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab");
  private static final UUID TWO = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ac");

  @Test
  void keysAndChannelAreWhatBothSidesUse() {
    assertThat(FinishedJobs.key(ONE))
        .asString(UTF_8)
        .isEqualTo("mlp:job:01938f8e-7c00-7abc-8def-0123456789ab");
    assertThat(FinishedJobs.CHANNEL).isEqualTo("mlp:finished");
  }

  @Test
  void announcementsAreIdsBetweenCommas() {
    assertThat(FinishedJobs.announcement(List.of(ONE, TWO)))
        .asString(UTF_8)
        .isEqualTo(ONE + "," + TWO);
  }

  @Test
  void announcedIdsAreThoseThatWereAnnounced() {
    assertThat(FinishedJobs.announced(FinishedJobs.announcement(List.of(ONE, TWO))))
        .containsExactly(ONE, TWO);
    assertThat(FinishedJobs.announced(FinishedJobs.announcement(List.of(ONE))))
        .containsExactly(ONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "hello",
        "01938f8e-7c00-7abc-8def-0123456789ab,",
        "01938f8e-7c00-7abc-8def-0123456789ab;01938f8e-7c00-7abc-8def-0123456789ac",
        "01938f8e-7c00-7abc-8def-0123456789ab, 01938f8e-7c00-7abc-8def-0123456789ac",
      })
  void refusesMessagesThatAreNoIds(String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FinishedJobs.announced(message.getBytes(UTF_8)));
  }
}
