package io.mlp.job.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Finds out whether a connection pooler, such as PgBouncer, takes away what a service relies on: a
 * session of its own, with the settings that it asked for. A pooler in transaction or statement
 * mode gives the session that one client has left to the next, with the plans that were prepared in
 * it.
 */
public final class Pooler {
  private static final String INSTEAD =
      "; MLP needs sessions of its own, which pool_mode=transaction does not give: let DATABASE_HOST"
          + " and DATABASE_PORT be those of PostgreSQL itself";

  private Pooler() {}

  /** What is wrong with the way to the database, if that can be told now. */
  public static Optional<String> complaint(DataSource dataSource) {
    try (Connection one = dataSource.getConnection();
        Connection other = dataSource.getConnection()) {
      if (ask(one, "select pg_backend_pid()").equals(ask(other, "select pg_backend_pid()"))) {
        return Optional.of(
            "two connections share one session of PostgreSQL: a pooler (PgBouncer) stands between"
                + " that is in transaction mode"
                + INSTEAD);
      }
      return ask(one, "show enable_seqscan").equals("off")
          ? Optional.empty()
          : Optional.of(
              "a pooler (PgBouncer, ignore_startup_parameters) stands between that drops the"
                  + " settings of a session"
                  + INSTEAD);
    } catch (SQLException e) {
      return String.valueOf(e.getMessage()).contains("unsupported startup parameter")
          ? Optional.of(
              "a pooler (PgBouncer) stands between that refuses the settings of a session: "
                  + e.getMessage()
                  + INSTEAD)
          : Optional.empty();
    }
  }

  private static String ask(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(question)) {
      answer.next();
      return answer.getString(1);
    }
  }
}
