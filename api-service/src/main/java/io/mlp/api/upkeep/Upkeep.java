package io.mlp.api.upkeep;

import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.springframework.dao.DataAccessException;

/** The loop that the upkeep tasks share: small steps until nothing is left to do. */
final class Upkeep {
  private Upkeep() {}

  /** Runs the step for as long as it finds a whole batch; gives up while the database is away. */
  static void inBatches(String otherwise, int batch, IntSupplier step, Logger log) {
    try {
      while (step.getAsInt() == batch) {
        // The next step takes the next batch.
      }
    } catch (DataAccessException e) {
      log.warn("{} while the database is away: {}", otherwise, e.toString());
    }
  }
}
