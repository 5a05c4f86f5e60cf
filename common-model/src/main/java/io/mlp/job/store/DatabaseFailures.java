package io.mlp.job.store;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;

/** Tells failures that pass from those that a statement would meet again. */
public final class DatabaseFailures {
  /** SQLSTATEs: read-only, shut down by an administrator, crashed, starting up. */
  private static final Set<String> CHANGING = Set.of("25006", "57P01", "57P02", "57P03");

  private DatabaseFailures() {}

  /**
   * Whether the same statement may succeed another time: the database is away, busy or just
   * changing its role. A server that is read-only was the primary until a moment ago. PostgreSQL
   * gives every error a state; one without is the pool's, whose connection has gone.
   */
  public static boolean isTransient(@Nullable Throwable failure) {
    return failure instanceof DataAccessResourceFailureException
        || failure instanceof TransientDataAccessException
        || (failure instanceof DataAccessException e
            && e.getRootCause() instanceof SQLException sql
            && (sql.getSQLState() == null || CHANGING.contains(sql.getSQLState())));
  }
}
