package io.mlp.api.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.flow.Database;
import io.mlp.flow.SharedStack;
import java.util.List;
import java.util.UUID;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The services' role reads and writes the rows of all tables and may do no more, the monitor's sees
 * PostgreSQL's statistics and no row; the roles are made whatever their names and passwords hold.
 * Real servers ask for the password; that of the local stack trusts whoever is on loopback. What
 * the reader may, {@link ReaderRoleIT} shows.
 */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolesIT {
  private static final String PASSWORD = "a@b:c/d?e%f&g=h+i'j k\"$1\\; --";

  /** A role is known in all databases of a server. */
  private final String name = "gra\"fana's " + UUID.randomUUID();

  private final String service = "ser\"vice's " + UUID.randomUUID();

  private final String monitor = "mon\"itor's " + UUID.randomUUID();

  private final Database database;

  RolesIT(Database database) {
    this.database = database;
  }

  @BeforeAll
  void migrate() {
    migrate(name, PASSWORD);
  }

  @AfterAll
  void dropRoles() {
    List.of(name, service, monitor).forEach(this::drop);
  }

  private void drop(String role) {
    String named = "select count(*) from pg_roles where rolname = :role";
    if (administrator().sql(named).param("role", role).query(Integer.class).single() == 0) {
      return; // what it was made for has failed
    }
    String quoted = "\"" + role.replace("\"", "\"\"") + "\"";
    administrator().sql("drop owned by " + quoted).update();
    administrator().sql("drop role " + quoted).update();
  }

  private void migrate(String reader, String password) {
    migrate("postgres", reader, password);
  }

  /** As a role whose password is its name. */
  private void migrate(String role, String reader, String password) {
    Migrate.main(
        new String[] {
          "--spring.datasource.url=" + database.url(),
          "--spring.datasource.username=" + role,
          "--spring.datasource.password=" + role,
          "--api.roles.service-user=" + service,
          "--api.roles.service-password=" + PASSWORD,
          "--api.roles.reader-user=" + reader,
          "--api.roles.reader-password=" + password,
          "--api.roles.monitor-user=" + monitor,
          "--api.roles.monitor-password=" + PASSWORD
        });
  }

  private JdbcClient administrator() {
    return database.administrator();
  }

  private JdbcClient reader(String password) {
    return JdbcClient.create(new DriverManagerDataSource(database.url(), name, password));
  }

  /** Its sessions that may write as far as its rights go. */
  private JdbcClient monitor(String role) {
    String writing = database.url() + "?options=-c%20default_transaction_read_only=off";
    return JdbcClient.create(new DriverManagerDataSource(writing, role, PASSWORD));
  }

  private JdbcClient service() {
    return JdbcClient.create(new DriverManagerDataSource(database.url(), service, PASSWORD));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "truncate live",
        "create table mine (i integer)",
        "create temporary table mine (i integer)",
        "create schema mine",
        "create role mine",
        "drop table job",
        "alter table job add column mine integer",
        "delete from flyway_schema_history",
        "select pg_read_file('/etc/passwd')",
        "copy job to program 'true'",
        "alter role postgres password 'mine'"
      })
  void serviceMayNot(String statement) {
    assertThatIsDenied(service(), statement);
  }

  private static void assertThatIsDenied(JdbcClient role, String statement) {
    assertThatThrownBy(() -> role.sql(statement).query().listOfRows())
        .rootCause()
        .message()
        .containsPattern(
            "^ERROR: (permission denied|must (be (owner|superuser)|have admin option))");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into worker (id, name) values (gen_random_uuid(), 'w')",
        "update job set priority = 9",
        "delete from live",
        "select nextval('model_version_id_seq')",
        "select count(*) from flyway_schema_history",
        "select options from job_state",
        "select job_options(j) from job j"
      })
  void serviceMay(String statement) {
    String rows = statement.startsWith("select") ? statement : statement + " returning 1";
    assertThat(service().sql(rows).query().listOfRows()).isNotNull();
  }

  @Test
  void serviceWritesATableOfALaterMigration() {
    administrator().sql("create table later_still (i serial)").update();
    assertThat(service().sql("insert into later_still default values").update()).isEqualTo(1);
  }

  @Test
  void serviceCallsAFunctionOfALaterMigration() {
    administrator().sql("create function later() returns integer language sql return 1").update();
    assertThat(service().sql("select later()").query(Integer.class).single()).isEqualTo(1);
    // It is not the owner's, who could not take it from others in a later run.
    administrator().sql("drop function later()").update();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select id from public.job",
        "select id from reporting.jobs",
        "select public.job_options(null)",
        "insert into public.worker (id, name) values (gen_random_uuid(), 'w')",
        "create table public.mine (i integer)",
        "create temporary table mine (i integer)",
        "create schema mine",
        "create role mine",
        "select pg_read_file('/etc/passwd')",
        "copy (select 1) to program 'true'",
        "alter role postgres password 'mine'",
        "grant pg_monitor to postgres"
      })
  void monitorMayNot(String statement) {
    assertThatIsDenied(monitor(monitor), statement);
  }

  @Test
  void monitorSeesTheStatisticsOfAllSessionsAndDatabases() {
    assertThat(seesAll(monitor(monitor))).isTrue();
    assertThat(
            monitor(monitor)
                .sql("select min(pg_database_size(datname)) from pg_database")
                .query(Long.class)
                .single())
        .isPositive();
  }

  /** Or else it would not see whose transaction keeps dead rows. */
  @Test
  void serviceSeesTheSessionsOfOthers() {
    assertThat(seesAll(service())).isTrue();
  }

  private static boolean seesAll(JdbcClient role) {
    return role.sql("select pg_has_role('pg_read_all_stats', 'usage')")
        .query(Boolean.class)
        .single();
  }

  /** As in a database from before there was the role, until a superuser helps. */
  @Test
  void monitorIsMadeWithoutStatistics_whileTheOwnerMayNotGrantThem() {
    String owner = "owner " + UUID.randomUUID();
    String role = "monitor " + UUID.randomUUID();
    administrator()
        .sql("create role \"%1$s\" login createrole in role mlp password '%1$s'".formatted(owner))
        .update();
    try {
      migrateMonitor(owner, role);
      assertThat(seesAll(monitor(role))).isFalse();

      administrator().sql("grant pg_monitor to \"%s\" with admin option".formatted(owner)).update();
      migrateMonitor(owner, role);
      assertThat(seesAll(monitor(role))).isTrue();
    } finally {
      // In this order, for a role cannot go before what it granted.
      List.of(role, owner).forEach(this::drop);
    }
  }

  private void migrateMonitor(String owner, String role) {
    Migrate.main(
        new String[] {
          "--spring.datasource.url=" + database.url(),
          "--spring.datasource.username=" + owner,
          "--spring.datasource.password=" + owner,
          "--api.roles.service-password=",
          "--api.roles.reader-password=",
          "--api.roles.monitor-user=" + role,
          "--api.roles.monitor-password=" + PASSWORD
        });
  }

  @Test
  void getsTheNewPassword_whenItChanges() {
    migrate(name, "another one");
    assertThat(reader("another one").sql("select 1").query(Integer.class).single()).isEqualTo(1);
    migrate(name, PASSWORD);
  }

  @Test
  void isNobodyWhoMayMore() {
    assertThatThrownBy(() -> migrate("postgres", PASSWORD))
        .hasMessageContaining("api.roles.reader-user: postgres (expected: a role of its own");
  }

  @Test
  void keepsItsPasswordOutOfTheLog_whenItMayNotBeMade() {
    assertThatThrownBy(() -> migrate("mlp", name, PASSWORD))
        .extracting(Throwables::getStackTrace)
        .asString()
        .contains("cannot be given its rights", "permission denied")
        .doesNotContain("login password");
  }

  @Test
  void isNotMadeWithoutAPassword() {
    migrate("nobody at all", "");
    String role = "select count(*) from pg_roles where rolname = 'nobody at all'";
    assertThat(administrator().sql(role).query(Integer.class).single()).isZero();
  }
}
