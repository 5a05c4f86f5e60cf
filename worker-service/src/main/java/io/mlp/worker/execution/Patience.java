package io.mlp.worker.execution;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.TransientDataAccessException;

/**
 * Waits for a database that is away. The tickets stay in hand meanwhile and the prefetch is used
 * up, so the worker takes no more work; when the database answers again, so does the worker.
 */
final class Patience {
  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** One of two that wait for each other was told to begin anew. */
  private static final Duration BRIEF = Duration.ofMillis(10);

  /** SQLSTATEs: read-only, shut down by an administrator, crashed, starting up. */
  private static final Set<String> PASSING = Set.of("25006", "57P01", "57P02", "57P03");

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
      } catch (PessimisticLockingFailureException e) {
        LOG.warn("Once more, for another one got the lock: {}", e.toString());
        LockSupport.parkNanos(BRIEF.toNanos());
      } catch (DataAccessException e) {
        if (!passing(e)) {
          throw e;
        }
        LOG.warn("Waiting for the database: {}", e.toString());
        if (!working.getAsBoolean()) {
          return null;
        }
        LockSupport.parkNanos(pause.toNanos());
      }
    }
  }

  /**
   * Away, busy or just changing its role: none of that lasts. A server that is read-only was the
   * primary until a moment ago.
   */
  static boolean passing(DataAccessException e) {
    return e instanceof DataAccessResourceFailureException
        || e instanceof TransientDataAccessException
        || (e.getRootCause() instanceof SQLException sql && PASSING.contains(state(sql)));
  }

  private static String state(SQLException e) {
    return String.valueOf(e.getSQLState());
  }
}
