package io.mlp.api.migration;

import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.util.PasswordUtil;
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
 * The roles beside the owner of the tables: the services' role reads and writes the rows of all
 * tables, the reader's role reads the views of the schema {@code reporting}, those of later
 * migrations too, the monitor's role reads PostgreSQL's own statistics, and none of them may do
 * more. A run gives an existing role the password of the settings, and takes the rights on tables
 * that readers had before there were views.
 */
@EnableConfigurationProperties(RoleSettings.class)
final class Roles implements ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(Roles.class);

  /** Templates of PostgreSQL's {@code format}: role, verifier of its password, database. */
  private static final List<String> ALL =
      List.of(
          "alter role %1$I login password %2$L",
          // By default everybody may connect, make temporary tables, name what is in the schema,
          // and call functions. That is said of functions in all schemas; for one it cannot be
          // taken.
          "revoke all on database %3$I from public",
          "revoke all on schema public from public",
          "revoke all on all routines in schema public from public",
          "alter default privileges revoke all on routines from public",
          "grant connect on database %3$I to %1$I");

  private static final List<String> READER =
      List.of(
          // It read all tables before there were views.
          "revoke all on schema public from %1$I",
          "revoke all on all tables in schema public from %1$I",
          "revoke all on all sequences in schema public from %1$I",
          "revoke all on all routines in schema public from %1$I",
          "alter default privileges in schema public revoke all on tables from %1$I",
          "alter default privileges in schema public revoke all on sequences from %1$I",
          "alter default privileges in schema public revoke all on routines from %1$I",
          "grant usage on schema reporting to %1$I",
          "grant select on all tables in schema reporting to %1$I",
          "alter default privileges in schema reporting grant select on tables to %1$I",
          // Against mistakes, for a session may lift all of them but the first. An open transaction
          // keeps dead rows, which slows down the queue's statements.
          "alter role %1$I connection limit 10",
          "alter role %1$I set search_path = reporting",
          "alter role %1$I set default_transaction_read_only = on",
          "alter role %1$I set statement_timeout = '30s'",
          "alter role %1$I set idle_in_transaction_session_timeout = '60s'");

  private static final List<String> SERVICE =
      List.of(
          "grant usage on schema public to %1$I",
          "grant select, insert, update, delete on all tables in schema public to %1$I",
          "revoke insert, update, delete on flyway_schema_history from %1$I",
          "grant usage on all sequences in schema public to %1$I",
          "grant execute on all routines in schema public to %1$I",
          "alter default privileges in schema public grant select, insert, update, delete on tables to %1$I",
          "alter default privileges in schema public grant usage on sequences to %1$I",
          "alter default privileges in schema public grant execute on routines to %1$I");

  private static final List<String> MONITOR =
      List.of(
          // A scrape that hangs must not hold connections or keep dead rows.
          "alter role %1$I connection limit 5",
          "alter role %1$I set default_transaction_read_only = on",
          "alter role %1$I set statement_timeout = '5s'",
          "alter role %1$I set idle_in_transaction_session_timeout = '10s'");

  /** PostgreSQL's own role for what monitoring reads. */
  private static final String STATISTICS = "pg_monitor";

  private final RoleSettings settings;
  private final JdbcClient sql;
  private final TransactionTemplate transaction;

  Roles(RoleSettings settings, DataSource dataSource) {
    this.settings = settings;
    this.sql = JdbcClient.create(dataSource);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
  }

  /** What becomes of one role; {@code key} is the setting that names it. */
  private record Role(String key, String user, String password, List<String> grants) {
    String verifier() {
      return PasswordUtil.encodeScramSha256(password.toCharArray());
    }
  }

  @Override
  public void run(ApplicationArguments arguments) {
    Role service =
        new Role(
            "api.roles.service-user", settings.serviceUser(), settings.servicePassword(), SERVICE);
    Role reader =
        new Role("api.roles.reader-user", settings.readerUser(), settings.readerPassword(), READER);
    Role monitor =
        new Role(
            "api.roles.monitor-user", settings.monitorUser(), settings.monitorPassword(), MONITOR);
    Stream.of(service, reader, monitor).forEach(this::grant);
    // The api tells how old the oldest transaction is, whosever it is.
    Stream.of(service, monitor)
        .filter(role -> !role.password.isEmpty())
        .forEach(this::grantStatistics);
  }

  /**
   * Only a superuser hands on what belongs to PostgreSQL itself, unless it has let the owner do so.
   * In a database that was made before there was this role, it has not: that is told, and no reason
   * to keep the services from starting.
   */
  private void grantStatistics(Role role) {
    if (holds(role.user, "member")) {
      return;
    }
    String owner = sql.sql("select current_user").query(String.class).single();
    if (holds(owner, "member with admin option")) {
      transaction.executeWithoutResult(_ -> execute("grant " + STATISTICS + " to %1$I", role));
    } else {
      LOG.warn(
          "The role {} does not see all statistics: {} may not grant {}. A superuser lets it, then"
              + " migrate again: grant {} to {} with admin option",
          role.user,
          owner,
          STATISTICS,
          STATISTICS,
          owner);
    }
  }

  private boolean holds(String user, String how) {
    return sql.sql("select pg_has_role(:user, :role, :how)")
        .param("user", user)
        .param("role", STATISTICS)
        .param("how", how)
        .query(Boolean.class)
        .single();
  }

  private void grant(Role role) {
    if (!role.password.isEmpty()) {
      transaction.executeWithoutResult(_ -> makeAndGrant(role));
      LOG.info("The role {} has its password and its rights", role.user);
    }
  }

  private void makeAndGrant(Role role) {
    // Two runs at a time would trip over each other's changes of the catalogue.
    sql.sql("select 1 from pg_advisory_xact_lock(hashtext('mlp roles'))").query().singleRow();
    if (exists(role, "rolname = :user and (rolsuper or rolname = current_user)")) {
      throw new IllegalStateException(
          "%s: %s (expected: a role of its own, neither the owner of the tables nor a superuser)"
              .formatted(role.key, role.user));
    }
    if (!exists(role, "rolname = :user")) {
      execute("create role %1$I", role);
    }
    Stream.of(ALL, role.grants).flatMap(List::stream).forEach(grant -> execute(grant, role));
  }

  private boolean exists(Role role, String condition) {
    return sql.sql("select exists (select from pg_roles where %s)".formatted(condition))
        .param("user", role.user)
        .query(Boolean.class)
        .single();
  }

  /**
   * Statements of this kind take no parameters, so PostgreSQL itself quotes what goes into them. It
   * may log one that fails, so it is told no password but what proves one (RFC 5803).
   */
  private void execute(String template, Role role) {
    String statement =
        sql.sql("select format(:template, :user::text, :verifier::text, current_database())")
            .param("template", template)
            .param("user", role.user)
            .param("verifier", role.verifier())
            .query(String.class)
            .single();
    try {
      sql.sql(statement).update();
    } catch (DataAccessException e) {
      // Its own message tells the statement, with the verifier in it.
      throw new IllegalStateException(
          role.user + " cannot be given its rights", e.getMostSpecificCause());
    }
  }
}
