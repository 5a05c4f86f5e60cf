package io.mlp.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class ClientPaceTest {
  private final ClientPace pace = new ClientPace(Duration.ofSeconds(10), DataSize.ofKilobytes(16));

  private static final long SECOND = 1_000_000_000;

  @Test
  void allowsSilence_butNotForEver() {
    ClientPace.Credit credit = pace.credit();

    assertThat(credit.exhausted(10 * SECOND, 0)).isFalse();
    assertThat(credit.exhausted(1, 0)).isTrue();
  }

  @Test
  void allowsTheLeastPaceForEver() {
    ClientPace.Credit credit = pace.credit();

    for (int i = 0; i < 1000; i++) {
      assertThat(credit.exhausted(SECOND, 16 * 1024)).isFalse();
    }
  }

  @Test
  void allowsNoLesserPaceForLong() {
    ClientPace.Credit credit = pace.credit();

    for (int i = 0; i < 20; i++) {
      assertThat(credit.exhausted(SECOND, 8 * 1024)).as("second %d", i).isFalse();
    }
    assertThat(credit.exhausted(SECOND, 8 * 1024)).isTrue();
  }

  /** Else who has read megabytes out of the buffers in between could stop for minutes. */
  @Test
  void givesBackNoMoreThanThereWas() {
    ClientPace.Credit credit = pace.credit();

    assertThat(credit.exhausted(SECOND, 100 << 20)).isFalse();
    assertThat(credit.exhausted(10 * SECOND + 1, 0)).isTrue();
  }
}
