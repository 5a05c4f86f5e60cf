package io.mlp.local.servers;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A real PostgreSQL whose data survives a stop, a kill and a power cut: what is committed stays,
 * unlike with the defaults of the library that brings it.
 */
public final class PostgresServer implements AutoCloseable {
  private static final String NAME = "mlp";
  private static final String DATABASE = "mlpdb";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EmbeddedPostgres server;
  private final Path dataDirectory;

  private PostgresServer(EmbeddedPostgres server, Path dataDirectory) {
    this.server = server;
    this.dataDirectory = dataDirectory;
  }

  static PostgresServer start(DataFolder folder, Path binaries, int port) {
    PostgresFolder data = new PostgresFolder(folder);
    Path log = folder.file("postgres.log");
    data.begin();
    try {
      Files.deleteIfExists(log);
      EmbeddedPostgres server = builder(data.path(), binaries, log, port).start();
      createDatabase(server);
      data.finish();
      return new PostgresServer(server, data.path());
    } catch (IOException | SQLException | RuntimeException e) {
      // It may run all the same, only later than anybody waited.
      running(data.path()).ifPresent(Ending::ofPostgres);
      throw didNotStart(log, e);
    }
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return server.getPort();
  }

  public String database() {
    return DATABASE;
  }

  public String user() {
    return NAME;
  }

  public String password() {
    return NAME;
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), DATABASE);
  }

  /** The server's main process, for tests that freeze or kill it; empty once it has ended. */
  public Optional<ProcessHandle> process() {
    return running(dataDirectory);
  }

  /** Stops it in order, and by force if it does not listen. */
  @Override
  public void close() {
    Optional<ProcessHandle> process = process();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      process.filter(ServerProcess::alive).ifPresent(Ending::ofPostgres);
    }
  }

  private static Optional<ProcessHandle> running(Path dataDirectory) {
    return ServerProcess.ofPostgres(dataDirectory).flatMap(ServerProcess::running);
  }

  private static EmbeddedPostgres.Builder builder(Path data, Path binaries, Path log, int port)
      throws IOException {
    // Its output must not go through a pipe of this process: it lives on if this process is killed.
    ProcessBuilder.Redirect output = ProcessBuilder.Redirect.appendTo(log.toFile());
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setOverrideWorkingDirectory(PostgresPrograms.prepare(binaries).toFile())
        .setPGStartupWait(PATIENCE)
        .setOutputRedirector(output)
        .setErrorRedirector(output)
        .setPort(port)
        .setLocaleConfig("locale", "C")
        .setLocaleConfig("locale-provider", "builtin")
        .setLocaleConfig("builtin-locale", "C.UTF-8")
        .setServerConfig("fsync", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "")
        .setServerConfig("max_connections", "100");
  }

  /** Idempotent: the data directory may be kept from an earlier start. */
  private static void createDatabase(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      if (!exists(connection, "select from pg_roles where rolname = ?", NAME)) {
        statement.execute("create role mlp login password 'mlp'");
      }
      if (!exists(connection, "select from pg_database where datname = ?", DATABASE)) {
        statement.execute("create database mlpdb owner mlp");
      }
    }
  }

  private static boolean exists(Connection connection, String query, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      return statement.executeQuery().next();
    }
  }

  private static CannotStartException didNotStart(Path log, Exception cause) {
    return CannotStartException.because(
        "PostgreSQL did not start: %s (see %s).".formatted(reason(log, cause), log), cause);
  }

  private static String reason(Path log, Exception cause) {
    try {
      List<String> fatal =
          Files.readAllLines(log).stream()
              .filter(line -> line.contains("FATAL:") || line.contains("initdb: error:"))
              .toList();
      return fatal.isEmpty() ? String.valueOf(cause.getMessage()) : fatal.getLast();
    } catch (IOException e) {
      return String.valueOf(cause.getMessage());
    }
  }
}
