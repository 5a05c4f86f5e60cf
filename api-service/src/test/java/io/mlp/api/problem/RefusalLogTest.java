package io.mlp.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Refusals are told, but no client fills the log with them. */
@ExtendWith(OutputCaptureExtension.class)
class RefusalLogTest {
  private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 5);
  private final RefusalLog log = new RefusalLog(ProblemType.NOT_FOUND, time::get);

  private static List<String> lines(CapturedOutput output) {
    return output.getAll().lines().filter(line -> line.contains("Refused")).toList();
  }

  @Test
  void aLineInTenSecondsTellsOfAll(CapturedOutput output) {
    for (int i = 0; i < 1000; i++) {
      log.refused("/some", "id-" + i);
    }
    assertThat(lines(output)).hasSize(1).first().asString().contains("/some as not-found", "id-0");

    time.addAndGet(Duration.ofSeconds(10).toNanos());
    log.refused("/some", "last");
    assertThat(lines(output)).hasSize(2).last().asString().contains("last; 999 more");
  }

  @Test
  void noPathBreaksOutOfItsLine(CapturedOutput output) {
    log.refused("/a\r\n2026 INFO all is well\u001b[2J" + "x".repeat(5000), "id");
    assertThat(lines(output)).hasSize(1);
    assertThat(output.getAll().strip().lines()).hasSize(1);
    assertThat(lines(output).getFirst().length()).isLessThan(400);
    assertThat(output.getAll()).doesNotContain("\u001b[2J");
  }
}
