package io.mlp.local.servers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** One statement on a connection of its own. */
final class Sql {
  private Sql() {}

  static void execute(String url, String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, "mlp", "mlp");
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  /** The first column of the first row. */
  static String text(String url, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, "mlp", "mlp");
        Statement sql = connection.createStatement();
        ResultSet rows = sql.executeQuery(query)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }
}
