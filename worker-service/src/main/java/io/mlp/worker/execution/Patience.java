package io.mlp.worker.execution;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;

/**
 * Waits for a database that is away. The tickets stay in hand meanwhile and the prefetch is used
 * up, so the worker takes no more work; when the database answers again, so does the worker.
 */
final class Patience {
  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final BooleanSupplier working;
  private final Duration pause;

  Patience(BooleanSupplier working) {
    this(working, PAUSE);
  }

  Patience(BooleanSupplier working, Duration pause) {
    this.working = working;
    this.pause = pause;
  }

  /** The statement's answer, or null if the worker stops before the database comes back. */
  <T> @Nullable T get(Supplier<T> statement) {
    while (true) {
      try {
        return statement.get();
      } catch (DataAccessException e) {
        if (!passing(e)) {
          throw e;
        }
        LOG.warn("Waiting for the database: {}", e.toString());
      }
      if (!working.getAsBoolean()) {
        return null;
      }
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  private static boolean passing(DataAccessException e) {
    return e instanceof DataAccessResourceFailureException
        || e instanceof TransientDataAccessException;
  }
}
