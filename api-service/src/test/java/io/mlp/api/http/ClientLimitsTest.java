package io.mlp.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class ClientLimitsTest {
  private final ClientLimits limits =
      new ClientLimits(Duration.ofSeconds(10), DataSize.ofKilobytes(16), 0);

  private static final long SECOND = 1_000_000_000;

  @Test
  void allowsAsManyConnectionsAsTheHeapBears_aQuarterOfThemWaiters() {
    long heap = Runtime.getRuntime().maxMemory();

    assertThat(limits.connections()).isEqualTo((int) Math.min(8192, heap / (256 << 10)));
    assertThat(limits.waiters()).isEqualTo(limits.connections() / 4);
  }

  @Test
  void allowsAsManyAsIsSaid() {
    ClientLimits few = new ClientLimits(Duration.ofSeconds(10), DataSize.ofKilobytes(16), 100);

    assertThat(few.connections()).isEqualTo(100);
    assertThat(few.waiters()).isEqualTo(25);
  }

  @Test
  void allowsSilence_butNotForEver() {
    ClientLimits.Credit credit = limits.credit();

    assertThat(credit.exhausted(10 * SECOND, 0)).isFalse();
    assertThat(credit.exhausted(1, 0)).isTrue();
  }

  @Test
  void allowsTheLeastPaceForEver() {
    ClientLimits.Credit credit = limits.credit();

    for (int i = 0; i < 1000; i++) {
      assertThat(credit.exhausted(SECOND, 16 * 1024)).isFalse();
    }
  }

  @Test
  void allowsNoLesserPaceForLong() {
    ClientLimits.Credit credit = limits.credit();

    for (int i = 0; i < 20; i++) {
      assertThat(credit.exhausted(SECOND, 8 * 1024)).as("second %d", i).isFalse();
    }
    assertThat(credit.exhausted(SECOND, 8 * 1024)).isTrue();
  }

  /** Else who has read megabytes out of the buffers in between could stop for minutes. */
  @Test
  void givesBackNoMoreThanThereWas() {
    ClientLimits.Credit credit = limits.credit();

    assertThat(credit.exhausted(SECOND, 100 << 20)).isFalse();
    assertThat(credit.exhausted(10 * SECOND + 1, 0)).isTrue();
  }
}
