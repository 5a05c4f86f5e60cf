package io.mlp.api.migration;

import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The role that dashboards read with: it may connect to this database and select from all its
 * tables, those of later migrations too, and nothing else. A run gives an existing role the
 * password of the settings.
 */
@EnableConfigurationProperties(ReaderSettings.class)
final class ReaderRole implements ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(ReaderRole.class);

  /** Templates of PostgreSQL's {@code format}: role, password, database. */
  private static final List<String> GRANTS =
      List.of(
          "alter role %1$I login password %2$L",
          "grant connect on database %3$I to %1$I",
          "grant usage on schema public to %1$I",
          "grant select on all tables in schema public to %1$I",
          "alter default privileges in schema public grant select on tables to %1$I");

  private final ReaderSettings settings;
  private final JdbcClient sql;
  private final TransactionTemplate transaction;

  ReaderRole(ReaderSettings settings, DataSource dataSource) {
    this.settings = settings;
    this.sql = JdbcClient.create(dataSource);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
  }

  @Override
  public void run(ApplicationArguments arguments) {
    if (settings.wanted()) {
      transaction.executeWithoutResult(_ -> grant());
      LOG.info("{} may read all tables", settings.user());
    }
  }

  private void grant() {
    // Two runs at a time would trip over each other's changes of the catalogue.
    sql.sql("select 1 from pg_advisory_xact_lock(hashtext('mlp reader'))").query().singleRow();
    if (mayMoreThanRead()) {
      throw new IllegalStateException(
          "api.reader.user: %s (expected: a role of its own, neither the owner of the tables nor a superuser)"
              .formatted(settings.user()));
    }
    if (!exists("rolname = :user")) {
      execute("create role %1$I");
    }
    GRANTS.forEach(this::execute);
  }

  private boolean mayMoreThanRead() {
    return exists("rolname = :user and (rolsuper or rolname = current_user)");
  }

  private boolean exists(String condition) {
    return sql.sql("select exists (select from pg_roles where %s)".formatted(condition))
        .param("user", settings.user())
        .query(Boolean.class)
        .single();
  }

  /**
   * Statements of this kind take no parameters, so PostgreSQL itself quotes what goes into them.
   */
  private void execute(String template) {
    String statement =
        sql.sql("select format(:template, :user::text, :password::text, current_database())")
            .param("template", template)
            .param("user", settings.user())
            .param("password", settings.password())
            .query(String.class)
            .single();
    try {
      sql.sql(statement).update();
    } catch (DataAccessException e) {
      // Its own message tells the statement, with the password in it.
      throw new IllegalStateException(
          settings.user() + " cannot be made a reader", e.getMostSpecificCause());
    }
  }
}
