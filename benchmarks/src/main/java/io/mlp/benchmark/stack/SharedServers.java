package io.mlp.benchmark.stack;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The one PostgreSQL, Redis and RabbitMQ that all stacks run on: {@code config/test-servers}. */
public record SharedServers(
    int postgresPort, int redisPort, int amqpPort, Map<String, Long> processes) {
  private static final List<String> NAMES = List.of("postgres", "rabbitmq", "redis");

  /** Finds the servers that run. */
  public static SharedServers find(Path checkout) throws IOException {
    Map<String, Long> processes = new LinkedHashMap<>();
    for (String name : NAMES) {
      processes.put(name, Long.valueOf(testServers(checkout, "pid", name).strip()));
    }
    String environment = testServers(checkout, "env");
    return new SharedServers(
        port(environment, "MLP_TEST_POSTGRES_PORT"),
        port(environment, "MLP_TEST_REDIS_PORT"),
        port(environment, "MLP_TEST_AMQP_PORT"),
        processes);
  }

  private static String testServers(Path checkout, String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = checkout.resolve("config/test-servers").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  private static int port(String environment, String variable) {
    for (String line : environment.lines().toList()) {
      if (line.startsWith("export " + variable + "=")) {
        return Integer.parseInt(line.substring(line.indexOf('=') + 1).strip());
      }
    }
    throw new IllegalStateException(
        "config/test-servers env tells no " + variable + ":\n" + environment);
  }

  public long process(String name) {
    return Objects.requireNonNull(processes.get(name), name);
  }

  /** A connection to an empty database of a role {@code mlp} whose password is its name. */
  public SingleConnectionDataSource freshDatabase(String name) {
    JdbcClient administrator = administrator("postgres");
    administrator
        .sql(
            """
            do $$ begin
              create role mlp login password 'mlp';
            exception when duplicate_object then null;
            end $$
            """)
        .update();
    administrator.sql("drop database if exists " + name + " with (force)").update();
    administrator.sql("create database " + name + " owner mlp").update();
    return connection(name);
  }

  /** A superuser's, each statement in a session of its own. */
  public JdbcClient administrator(String database) {
    return JdbcClient.create(new DriverManagerDataSource(url(database), "postgres", "postgres"));
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgresPort, database);
  }

  /**
   * One connection of the role {@code mlp}, until it is closed.
   *
   * @param settings as PostgreSQL's option {@code -c} takes them
   */
  public SingleConnectionDataSource connection(String database, String... settings) {
    SingleConnectionDataSource connection =
        new SingleConnectionDataSource(url(database), "mlp", "mlp", true);
    Properties properties = new Properties();
    properties.setProperty(
        "options",
        Stream.of(settings).map(setting -> "-c " + setting).collect(Collectors.joining(" ")));
    connection.setConnectionProperties(properties);
    return connection;
  }
}
