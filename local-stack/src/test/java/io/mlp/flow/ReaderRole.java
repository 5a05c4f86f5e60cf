package io.mlp.flow;

import io.mlp.api.migration.Migrate;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A reader's role of a test's own, for all databases of a server know a role. It is made as in the
 * compose stack, by a role that has the rights of the tables' owner, may make roles, and is no
 * superuser.
 */
public final class ReaderRole implements AutoCloseable {
  private static final String PASSWORD = "pass word";

  private final Database database;
  private final String name = "gra\"fana's " + UUID.randomUUID();
  private final String migrator = "migrator " + UUID.randomUUID();

  private ReaderRole(Database database) {
    this.database = database;
    database
        .administrator()
        .sql(
            "create role %s login createrole in role mlp password '%s'"
                .formatted(quoted(migrator), PASSWORD))
        .update();
  }

  /** That {@code Migrate} makes when it is told to. */
  public static ReaderRole notYetIn(Database database) {
    return new ReaderRole(database);
  }

  public static ReaderRole in(Database database) {
    ReaderRole role = new ReaderRole(database);
    role.migrate();
    return role;
  }

  /** Migrates, which makes the role or changes its rights. */
  public void migrate() {
    Migrate.main(
        new String[] {
          "--spring.datasource.url=" + database.url(),
          "--spring.datasource.username=" + migrator,
          "--spring.datasource.password=" + PASSWORD,
          "--api.roles.service-password=",
          "--api.roles.reader-user=" + name,
          "--api.roles.reader-password=" + PASSWORD
        });
  }

  /** The role's name, quoted for a statement. */
  public String identifier() {
    return quoted(name);
  }

  private static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  /** Sessions of the role as they begin. */
  public JdbcClient sql() {
    return session(database.url(), name);
  }

  /** Sessions of the role that may write as far as its rights go. */
  public JdbcClient writing() {
    return session(database.url() + "?options=-c%20default_transaction_read_only=off", name);
  }

  /** Sessions of the role that migrates. */
  public JdbcClient migrator() {
    return session(database.url(), migrator);
  }

  private static JdbcClient session(String url, String user) {
    return JdbcClient.create(new DriverManagerDataSource(url, user, PASSWORD));
  }

  @Override
  public void close() {
    for (String role : new String[] {name, migrator}) {
      database.administrator().sql("drop owned by " + quoted(role)).update();
      database.administrator().sql("drop role " + quoted(role)).update();
    }
  }
}
