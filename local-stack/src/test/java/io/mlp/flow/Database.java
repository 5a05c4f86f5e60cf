package io.mlp.flow;

import com.zaxxer.hikari.HikariDataSource;
import io.mlp.job.store.JobUpkeep;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A database of a test's own, so that tests do not see each other's rows, nor those of an earlier
 * run on the same server. It goes when it is closed.
 */
public final class Database implements AutoCloseable {
  private final int port;
  private final String name;
  private final HikariDataSource pool = new HikariDataSource();

  private Database(int port, String name) {
    this.port = port;
    this.name = name;
    pool.setJdbcUrl(url(port, name));
    pool.setUsername("mlp");
    pool.setPassword("mlp");
    pool.setMaximumPoolSize(20);
    pool.setMinimumIdle(0);
  }

  /** Creates it in a server whose role {@code mlp} will own it, without any table. */
  public static Database create(int port) {
    String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
    asAdministrator(port, "postgres").sql("create database %s owner mlp".formatted(name)).update();
    return new Database(port, name);
  }

  static JdbcClient asAdministrator(int port, String name) {
    return JdbcClient.create(new DriverManagerDataSource(url(port, name), "postgres", "postgres"));
  }

  private static String url(int port, String name) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, name);
  }

  /** Brings the tables in, as the api does when it starts. */
  Database withSchema() {
    Flyway.configure()
        .dataSource(pool)
        .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
        .load()
        .migrate();
    return this;
  }

  public String url() {
    return pool.getJdbcUrl();
  }

  /** Up to twenty connections. */
  public HikariDataSource dataSource() {
    return pool;
  }

  /** What ends or requeues jobs, on this database. */
  public JobUpkeep upkeep() {
    return upkeep(new Moves());
  }

  /** The same, which tells what it moved. */
  public JobUpkeep upkeep(Moves moves) {
    return new JobUpkeep(
        sql(), new TransactionTemplate(new DataSourceTransactionManager(pool)), moves);
  }

  public JdbcClient sql() {
    return JdbcClient.create(pool);
  }

  /** The same database for one who may do everything. */
  public JdbcClient administrator() {
    return asAdministrator(port, name);
  }

  /** How many rows the statement's {@code from …} clause has. */
  public long count(String from, Object... parameters) {
    return sql().sql("select count(*) from " + from).params(parameters).query(Long.class).single();
  }

  @Override
  public void close() {
    pool.close();
    asAdministrator(port, "postgres")
        .sql("drop database if exists %s with (force)".formatted(name))
        .update();
  }
}
