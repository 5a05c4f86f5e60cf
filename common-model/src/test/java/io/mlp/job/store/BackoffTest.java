package io.mlp.job.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  private final Backoff backoff = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(60));

  /** A generator whose every answer is this one, of the numbers from 0 to 1. */
  private static RandomGenerator always(double answer) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return 0;
      }

      @Override
      public double nextDouble() {
        return answer;
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 4", "3, 8", "5, 32", "6, 60", "10, 60"})
  void doublesWithEachAttempt_upToTheMost(int attempts, int seconds) {
    assertThat(backoff.after(attempts, always(1))).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void liesBetweenHalfOfThatAndTheWhole() {
    assertThat(backoff.after(2, always(0))).isEqualTo(Duration.ofSeconds(2));
    assertThat(backoff.after(2, always(0.5))).isEqualTo(Duration.ofSeconds(3));
  }

  /** A job whose attempt does not count comes with none. */
  @Test
  void isTheFirst_whereNoAttemptCounts() {
    assertThat(backoff.after(0, always(1))).isEqualTo(Duration.ofSeconds(2));
  }
}
