package io.mlp.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnouncementTest {
  private static final UUID ONE = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab");
  private static final UUID TWO = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ac");

  @Test
  void channelIsTheOneOfEarlierReleases() {
    assertThat(Announcement.CHANNEL).isEqualTo("mlp:finished");
  }

  private static Announcement announcement(UUID... jobIds) {
    return new Announcement(List.of(jobIds));
  }

  @Test
  void announcementsAreIdsBetweenCommas() {
    assertThat(announcement(ONE, TWO).encode()).asString(UTF_8).isEqualTo(ONE + "," + TWO);
  }

  @Test
  void announcedIdsAreThoseThatWereAnnounced() {
    for (Announcement said : List.of(announcement(ONE, TWO), announcement(ONE))) {
      assertThat(Announcement.decode(said.encode())).isEqualTo(said);
    }
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
        .isThrownBy(() -> Announcement.decode(message.getBytes(UTF_8)));
  }
}
