package io.mlp.local;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Silent about what is quick, and a line for what keeps a person waiting. */
final class Progress {
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final Consumer<String> lines;
  private final Duration silence;

  /**
   * @param lines where lines go
   * @param silence how long something may take unmentioned
   */
  Progress(Consumer<String> lines, Duration silence) {
    this.lines = lines;
    this.silence = silence;
  }

  /** Does something, and says what it is once it lasts, again and again. */
  <T> T during(String what, Callable<T> doing) throws Exception {
    long begin = System.nanoTime();
    Future<?> telling =
        clock.scheduleAtFixedRate(
            () -> tell(what, Duration.ofNanos(System.nanoTime() - begin)),
            silence.toMillis(),
            3 * silence.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      return doing.call();
    } finally {
      telling.cancel(false);
    }
  }

  private void tell(String what, Duration elapsed) {
    lines.accept("%s (%d s so far)".formatted(what, elapsed.toSeconds()));
  }
}
