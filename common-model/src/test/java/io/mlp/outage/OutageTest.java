package io.mlp.outage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class OutageTest {
  private long nanos;
  private final Outage outage = new Outage("The tape", "all waits", () -> nanos);

  @Test
  void isToldWhereItBeginsAndWhereItEnds(CapturedOutput log) {
    for (int second = 0; second < 60; second++) {
      outage.failed(new IllegalStateException("what failed", new RuntimeException("torn")));
      after(Duration.ofSeconds(1));
    }
    for (int second = 0; second < 60; second++) {
      outage.answered();
      after(Duration.ofSeconds(1));
    }

    assertThat(log.getAll().lines().filter(line -> line.contains("The tape")))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .contains("WARN", "The tape does not answer, all waits until it does: ")
                    .endsWith("RuntimeException: torn"),
            line ->
                assertThat(line)
                    .contains("INFO")
                    .endsWith("The tape answers again; the outage took 59 s"));
  }

  /** Beside what fails much may succeed: an end would be told, and another begin. */
  @Test
  void lastsUntilNothingHasFailedForAWhile() {
    outage.failed(new IllegalStateException());
    for (int i = 0; i < 10; i++) {
      after(Duration.ofSeconds(3));
      outage.answered();
      outage.failed(new IllegalStateException());
    }
    assertThat(outage.away()).isTrue();

    after(Duration.ofSeconds(13));
    assertThat(outage.away()).as("only an answer ends it").isTrue();
    outage.answered();
    assertThat(outage.away()).isFalse();
  }

  @Test
  void asksOnlyWhileTheServerIsAway() {
    int[] asked = {0};
    outage.probe(() -> asked[0]++);
    assertThat(asked[0]).isZero();

    outage.failed(new IllegalStateException());
    outage.probe(() -> {
      asked[0]++;
      throw new IllegalStateException();
    });
    after(Duration.ofSeconds(13));
    outage.probe(() -> asked[0]++);
    outage.probe(() -> asked[0]++);

    assertThat(asked[0]).isEqualTo(2);
    assertThat(outage.away()).isFalse();
  }

  private void after(Duration time) {
    nanos += time.toNanos();
  }
}
