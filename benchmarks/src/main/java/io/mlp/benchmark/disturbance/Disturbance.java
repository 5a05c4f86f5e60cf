package io.mlp.benchmark.disturbance;

import io.mlp.benchmark.stack.SharedServers;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Somebody who uses a database beside MLP, until it is closed. */
public interface Disturbance extends AutoCloseable {
  @Override
  void close();

  /** Begins a disturbance of a database. */
  interface Kind {
    Disturbance begin(SharedServers servers, String database) throws SQLException;
  }

  /** A session that took a snapshot once and sits there. */
  static Disturbance snapshot(SharedServers servers, String database) throws SQLException {
    SingleConnectionDataSource source = servers.connection(database);
    Connection connection = source.getConnection();
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try (Statement statement = connection.createStatement()) {
      statement.execute("select count(*) from pg_class");
    }
    return source::destroy;
  }

  /** One {@code pg_dump} after another. */
  static Disturbance dumps(SharedServers servers, String database) {
    List<String> command =
        List.of(
            program("pg_dump"),
            "--format=custom",
            "--file=/dev/null",
            "postgresql://postgres:postgres@127.0.0.1:%d/%s"
                .formatted(servers.postgresPort(), database));
    return new Repeated(1, () -> run(command));
  }

  /** Four sessions that read whole tables again and again. */
  static Disturbance scans(SharedServers servers, String database) {
    return new Repeated(
        4,
        () ->
            servers
                .administrator(database)
                .sql("select status, count(*), avg(octet_length(outputs)) from job group by status")
                .query()
                .listOfRows());
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    try {
      process.waitFor();
    } finally {
      process.destroy();
    }
  }

  /** Copies a database as it is into another one, which is made for that. */
  static void copy(SharedServers servers, String from, String to)
      throws IOException, InterruptedException {
    servers.freshDatabase(to).destroy();
    String url = "postgresql://postgres:postgres@127.0.0.1:%d/%s";
    List<ProcessBuilder> pipe =
        List.of(
            new ProcessBuilder(program("pg_dump"), url.formatted(servers.postgresPort(), from)),
            new ProcessBuilder(
                    program("psql"), "--quiet", url.formatted(servers.postgresPort(), to))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT));
    for (Process process : ProcessBuilder.startPipeline(pipe)) {
      if (process.waitFor() != 0) {
        throw new IOException("%s cannot be copied to %s".formatted(from, to));
      }
    }
  }

  /** The newest that is installed. */
  private static String program(String name) {
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      return versions
          .map(version -> version.resolve("bin").resolve(name))
          .filter(Files::isExecutable)
          .max(Comparator.naturalOrder())
          .map(Path::toString)
          .orElse(name);
    } catch (IOException _) {
      return name;
    }
  }

  /** Something that some threads do again and again. */
  final class Repeated implements Disturbance {
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /** What is done. */
    private interface Deed {
      void run() throws IOException, InterruptedException;
    }

    private Repeated(int count, Deed deed) {
      for (int i = 0; i < count; i++) {
        threads.add(Thread.ofPlatform().daemon().start(() -> repeat(deed)));
      }
    }

    private void repeat(Deed deed) {
      try {
        while (!closed) {
          deed.run();
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    /** Interrupts a dump, and waits for a scan. */
    @Override
    public void close() {
      closed = true;
      threads.forEach(Thread::interrupt);
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }
}
