package io.mlp.chaos;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.springframework.dao.DataAccessException;

/** Waiting, while something is broken and after it. */
final class Chaos {
  private Chaos() {}

  /** Waits on rows; the connections on which they are asked for may be of before a restart. */
  static ConditionFactory awaitRows(Duration most) {
    return Awaitility.await().atMost(most).ignoreExceptionsInstanceOf(DataAccessException.class);
  }

  /** Lets time pass: no state says when something has been broken for long enough. */
  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
