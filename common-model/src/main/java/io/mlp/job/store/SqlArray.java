package io.mlp.job.store;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.support.AbstractSqlTypeValue;

/** A parameter that is an array. */
final class SqlArray extends AbstractSqlTypeValue {
  private final String type;
  private final @Nullable Object[] values;

  SqlArray(String type, @Nullable Object[] values) {
    this.type = type;
    this.values = values;
  }

  @Override
  protected Object createTypeValue(Connection connection, int sqlType, @Nullable String typeName)
      throws SQLException {
    return connection.createArrayOf(type, values);
  }
}
