package io.mlp.job.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;

class DatabaseFailuresTest {
  static Stream<RuntimeException> passing() {
    return Stream.of(
        new DataAccessResourceFailureException("away"),
        new CannotGetJdbcConnectionException("none to be had"),
        new QueryTimeoutException("hung"),
        new CannotAcquireLockException("deadlock"),
        // What the pool says of a connection that has died, as a rollback meets it.
        new UncategorizedSQLException("end", null, new SQLException("Connection is closed")));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void passWhereTheDatabaseIsAwayOrBusy(RuntimeException failure) {
    assertThat(DatabaseFailures.isTransient(failure)).isTrue();
  }

  /** A failover, a restart: PostgreSQL says so in words that Spring does not know as passing. */
  @ParameterizedTest
  @ValueSource(strings = {"25006", "57P01", "57P02", "57P03"})
  void passWhereTheServerChangesItsRole(String state) {
    assertThat(
            DatabaseFailures.isTransient(
                new UncategorizedSQLException("claim", "select", new SQLException("no", state))))
        .isTrue();
  }

  static Stream<RuntimeException> lasting() {
    return Stream.of(
        new DataIntegrityViolationException("poison"),
        new BadSqlGrammarException("claim", "selct", new SQLException("syntax", "42601")),
        new IllegalStateException("a bug"));
  }

  @ParameterizedTest
  @MethodSource("lasting")
  void lastWhereTheStatementIsAtFault(RuntimeException failure) {
    assertThat(DatabaseFailures.isTransient(failure)).isFalse();
  }

  @Test
  void lastWhereThereIsNone() {
    assertThat(DatabaseFailures.isTransient(null)).isFalse();
  }
}
