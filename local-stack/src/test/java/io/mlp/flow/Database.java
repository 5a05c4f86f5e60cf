package io.mlp.flow;

import com.zaxxer.hikari.HikariDataSource;
import io.mlp.local.servers.PostgresServer;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A database of its own in the shared PostgreSQL, so that tests do not see each other's rows. */
public final class Database implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final HikariDataSource pool = new HikariDataSource();

  private Database(PostgresServer server, String name) {
    pool.setJdbcUrl("jdbc:postgresql://%s:%d/%s".formatted(server.host(), server.port(), name));
    pool.setUsername(server.user());
    pool.setPassword(server.password());
    pool.setMaximumPoolSize(20);
    pool.setMinimumIdle(0);
  }

  /** Creates it, without any table. */
  static Database create(PostgresServer server) {
    String name = "test_" + NUMBER.incrementAndGet();
    String administration =
        "jdbc:postgresql://%s:%d/postgres".formatted(server.host(), server.port());
    JdbcClient.create(new DriverManagerDataSource(administration, "postgres", ""))
        .sql("create database %s owner %s".formatted(name, server.user()))
        .update();
    return new Database(server, name);
  }

  /** Brings the tables in, as the api does when it starts. */
  Database withSchema() {
    Flyway.configure().dataSource(pool).load().migrate();
    return this;
  }

  public String url() {
    return pool.getJdbcUrl();
  }

  /** Up to twenty connections. */
  public HikariDataSource dataSource() {
    return pool;
  }

  public JdbcClient sql() {
    return JdbcClient.create(pool);
  }

  /** How many rows the statement's {@code from …} clause has. */
  public long count(String from, Object... parameters) {
    return sql().sql("select count(*) from " + from).params(parameters).query(Long.class).single();
  }

  @Override
  public void close() {
    pool.close();
  }
}
