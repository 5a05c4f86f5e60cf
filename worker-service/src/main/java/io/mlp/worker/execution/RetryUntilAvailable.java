package io.mlp.worker.execution;

import io.mlp.job.store.DatabaseFailures;
import io.mlp.job.store.DatabaseOutage;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.PessimisticLockingFailureException;

/**
 * Waits for a database that is away. The tickets stay in hand meanwhile and the prefetch is used
 * up, so the worker takes no more work; when the database answers again, so does the worker.
 *
 * <p>Spring's RetryTemplate would keep the failure of every try until it succeeds, and an outage
 * may last for days.
 */
final class RetryUntilAvailable {
  private static final Logger LOG = LoggerFactory.getLogger(RetryUntilAvailable.class);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** One of two that wait for each other was told to begin anew. */
  private static final Duration BRIEF = Duration.ofMillis(10);

  private final BooleanSupplier working;
  private final Duration pause;

  RetryUntilAvailable(BooleanSupplier working) {
    this(working, PAUSE);
  }

  RetryUntilAvailable(BooleanSupplier working, Duration pause) {
    this.working = working;
    this.pause = pause;
  }

  /** The statement's answer, or null if the worker stops before the database comes back. */
  <T> @Nullable T get(Supplier<T> statement) {
    while (true) {
      try {
        return statement.get();
      } catch (PessimisticLockingFailureException e) {
        LOG.warn("Once more, for another one got the lock: {}", e.toString());
        LockSupport.parkNanos(BRIEF.toNanos());
      } catch (DataAccessException e) {
        if (!DatabaseFailures.isTransient(e)) {
          throw e;
        }
        OUTAGE.failed(e);
        if (!working.getAsBoolean()) {
          return null;
        }
        LockSupport.parkNanos(pause.toNanos());
      }
    }
  }
}
