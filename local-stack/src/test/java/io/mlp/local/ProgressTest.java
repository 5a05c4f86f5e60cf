package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Test
  void isSilentAboutWhatIsQuick() throws Exception {
    Progress progress = new Progress(lines::add, Duration.ofMinutes(1));
    assertThat(progress.during("Starting", () -> "done")).isEqualTo("done");
    assertThat(lines).isEmpty();
  }

  @Test
  void tellsWhatLasts_againAndAgain() throws Exception {
    Progress progress = new Progress(lines::add, Duration.ofMillis(1));
    progress.during(
        "Starting",
        () -> {
          await().until(() -> lines.size() >= 2);
          return true;
        });
    assertThat(lines).allMatch(line -> line.matches("Starting \\(\\d+ s so far\\)"));
  }
}
