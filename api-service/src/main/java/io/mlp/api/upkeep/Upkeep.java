package io.mlp.api.upkeep;

import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.springframework.dao.DataAccessException;

/**
 * The loop that the upkeep tasks share: small steps until nothing is left to do. Under a long
 * backlog a look that finds nothing takes time, too; it then comes as much more rarely, so that
 * looking costs the database a twentieth of a connection at most.
 */
final class Upkeep {
  private static final int RARER = 20;

  private final String otherwise;
  private final Logger log;
  private final LongSupplier nanoTime;
  private long notBefore;
  private boolean away;

  /**
   * A task's loop.
   *
   * @param otherwise what the log says, once, when the database is away
   */
  Upkeep(String otherwise, Logger log) {
    this(otherwise, log, System::nanoTime);
  }

  Upkeep(String otherwise, Logger log, LongSupplier nanoTime) {
    this.otherwise = otherwise;
    this.log = log;
    this.nanoTime = nanoTime;
    this.notBefore = nanoTime.getAsLong();
  }

  /** Runs the step for as long as it finds a whole batch; gives up while the database is away. */
  void inBatches(int batch, IntSupplier step) {
    long asked = nanoTime.getAsLong();
    if (asked - notBefore < 0) {
      return;
    }
    unlessAway(() -> {
      long began = asked;
      while (step.getAsInt() == batch) {
        began = nanoTime.getAsLong();
      }
      long looked = nanoTime.getAsLong();
      notBefore = looked + RARER * (looked - began);
    });
  }

  /** Runs the step; gives up while the database is away. */
  void unlessAway(Runnable step) {
    try {
      step.run();
      away = false;
    } catch (DataAccessException e) {
      if (!away) {
        log.warn("{} while the database is away: {}", otherwise, e.toString());
      }
      away = true;
    }
  }
}
