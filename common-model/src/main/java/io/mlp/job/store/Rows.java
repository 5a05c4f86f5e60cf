package io.mlp.job.store;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rows that a statement gets as arrays, one for each column: {@code unnest(:ids::uuid[], …)}
 * makes rows of them again.
 */
final class Rows<T> {
  private final JdbcClient.StatementSpec statement;
  private final List<T> rows;

  private Rows(JdbcClient.StatementSpec statement, List<T> rows) {
    this.statement = statement;
    this.rows = rows;
  }

  static <T> Rows<T> of(JdbcClient.StatementSpec statement, List<T> rows) {
    return new Rows<>(statement, rows);
  }

  Rows<T> column(String name, String type, Function<T, @Nullable Object> value) {
    return bind(name, type, rows.stream().map(value).toArray());
  }

  /** A column of {@code bytea}, which the driver wants as an array of arrays. */
  Rows<T> bytes(String name, Function<T, byte @Nullable []> value) {
    return bind(name, "bytea", rows.stream().map(value).toArray(byte[][]::new));
  }

  private Rows<T> bind(String name, String type, @Nullable Object[] values) {
    statement.param(name, new SqlArray(type, values));
    return this;
  }

  /** The statement, with these rows bound. */
  JdbcClient.StatementSpec bound() {
    return statement;
  }
}
