package io.mlp.chaos;

import java.time.Duration;

/**
 * Time that passes while something is broken: no state says when it has been broken for long
 * enough.
 */
final class Chaos {
  private Chaos() {}

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
