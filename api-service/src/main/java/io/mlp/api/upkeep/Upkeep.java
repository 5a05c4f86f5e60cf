package io.mlp.api.upkeep;

import io.mlp.job.store.DatabaseOutage;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * The loop that the upkeep tasks share: small steps until nothing is left to do. Under a long
 * backlog a look that finds nothing takes time, too; it then comes as much more rarely, so that
 * looking costs the database a twentieth of a connection at most.
 */
final class Upkeep {
  private static final int RARER = 20;
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private final LongSupplier nanoTime;
  private long notBefore;

  Upkeep() {
    this(System::nanoTime);
  }

  Upkeep(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.notBefore = nanoTime.getAsLong();
  }

  /** Runs the step for as long as it finds a whole batch; gives up while the database is away. */
  void inBatches(int batch, IntSupplier step) {
    long asked = nanoTime.getAsLong();
    if (asked - notBefore < 0) {
      return;
    }
    OUTAGE.unlessAway(() -> {
      long began = asked;
      while (step.getAsInt() == batch) {
        began = nanoTime.getAsLong();
      }
      long looked = nanoTime.getAsLong();
      notBefore = looked + RARER * (looked - began);
    });
  }
}
