package io.mlp.local.servers;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what another process does, which sends no signal here, by looking again and again. */
final class Waiting {
  private static final Duration STEP = Duration.ofMillis(10);

  private Waiting() {}

  /**
   * True as soon as the condition holds, false if it did not within the time or was interrupted.
   */
  static boolean until(Duration atMost, BooleanSupplier condition) {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end >= 0 || !pause()) {
        return false;
      }
    }
    return true;
  }

  private static boolean pause() {
    try {
      Thread.sleep(STEP);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
