package io.mlp.flow;

import static org.awaitility.Awaitility.await;

import io.mlp.local.servers.Servers;
import io.mlp.local.servers.TestServers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startables;

/**
 * The PostgreSQL, Redis and AMQP broker that the tests run on, all on loopback: by default those of
 * the local stack, with {@code MLP_TEST_SERVERS=containers} the images of the compose file, with
 * {@code MLP_TEST_SERVERS=environment} servers that run already, on the ports that {@code
 * MLP_TEST_POSTGRES_PORT}, {@code MLP_TEST_REDIS_PORT} and {@code MLP_TEST_AMQP_PORT} tell. What is
 * asked for and does not start fails the tests, it never skips them.
 *
 * <p>PostgreSQL has an administrator {@code postgres} and a role {@code mlp}, whose passwords are
 * their names; a RabbitMQ has its user {@code guest}.
 */
public record Backends(int postgresPort, int redisPort, Broker broker, Runnable stopping)
    implements AutoCloseable {
  private static final String VARIABLE = "MLP_TEST_SERVERS";

  /** Where the AMQP broker is. */
  public record Broker(int port, String user, String password, String virtualHost) {
    /** A RabbitMQ as it comes. */
    static Broker rabbit(int port) {
      return new Broker(port, "guest", "guest", "/");
    }
  }

  static Backends start(Map<String, String> environment) {
    String wanted = environment.getOrDefault(VARIABLE, "embedded");
    return switch (wanted) {
      case "embedded" -> embedded();
      case "containers" -> containers();
      case "environment" -> running(environment);
      default ->
          throw new IllegalStateException(
              VARIABLE + ": " + wanted + " (expected: embedded, containers or environment)");
    };
  }

  private static Backends embedded() {
    Servers servers = TestServers.start();
    // A run that is broken off ends no test, so nothing else would stop them.
    Runtime.getRuntime().addShutdownHook(new Thread(servers::close));
    Broker broker =
        new Broker(
            servers.broker().port(),
            servers.broker().user(),
            servers.broker().password(),
            servers.broker().virtualHost());
    return new Backends(servers.postgres().port(), servers.redis().port(), broker, servers::close);
  }

  private static Backends containers() {
    GenericContainer<?> postgres =
        container("POSTGRES_IMAGE", "postgres:17", 5432).withEnv("POSTGRES_PASSWORD", "postgres");
    GenericContainer<?> rabbit = container("RABBITMQ_IMAGE", "rabbitmq:4-management", 5672);
    GenericContainer<?> redis = container("REDIS_IMAGE", "redis:8", 6379);
    List<GenericContainer<?>> all = List.of(postgres, rabbit, redis);
    Startables.deepStart(all).join();
    Backends backends =
        new Backends(
            postgres.getFirstMappedPort(),
            redis.getFirstMappedPort(),
            Broker.rabbit(rabbit.getFirstMappedPort()),
            () -> all.forEach(GenericContainer::stop));
    backends.awaitAnswers();
    return backends;
  }

  @SuppressWarnings("resource") // Stopped together, by close().
  private static GenericContainer<?> container(String variable, String image, int port) {
    return new GenericContainer<>(System.getenv().getOrDefault(variable, image))
        .withExposedPorts(port)
        // Its own: all containers share one by default, which mixes up those that start together.
        .waitingFor(Wait.forListeningPort())
        .withStartupTimeout(Duration.ofMinutes(2));
  }

  private static Backends running(Map<String, String> environment) {
    Backends backends =
        new Backends(
            port(environment, "MLP_TEST_POSTGRES_PORT"),
            port(environment, "MLP_TEST_REDIS_PORT"),
            Broker.rabbit(port(environment, "MLP_TEST_AMQP_PORT")),
            () -> {});
    backends.awaitAnswers();
    return backends;
  }

  private static int port(Map<String, String> environment, String variable) {
    String value = environment.getOrDefault(variable, "nothing");
    if (!value.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalStateException(
          "%s: %s (expected: the port on 127.0.0.1 of a server for tests, as config/test-servers starts them)"
              .formatted(variable, value));
    }
    return Integer.parseInt(value);
  }

  /** An open port is not an answer: PostgreSQL restarts once when its data is new. */
  private void awaitAnswers() {
    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .until(() -> {
          createRole(Database.asAdministrator(postgresPort, "postgres"));
          return true;
        });
    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .until(() -> {
          TicketQueues.of(broker).close();
          return true;
        });
  }

  private static void createRole(JdbcClient administrator) {
    String known = "select exists (select from pg_roles where rolname = 'mlp')";
    if (!administrator.sql(known).query(Boolean.class).single()) {
      administrator.sql("create role mlp login password 'mlp'").update();
    }
  }

  /** What the api and the worker need to use these servers and no others. */
  Map<String, String> springProperties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("spring.datasource.username", "mlp");
    properties.put("spring.datasource.password", "mlp");
    properties.put("spring.rabbitmq.host", "127.0.0.1");
    properties.put("spring.rabbitmq.port", Integer.toString(broker.port));
    properties.put("spring.rabbitmq.username", broker.user);
    properties.put("spring.rabbitmq.password", broker.password);
    properties.put("spring.rabbitmq.virtual-host", broker.virtualHost);
    properties.put("spring.data.redis.host", "127.0.0.1");
    properties.put("spring.data.redis.port", Integer.toString(redisPort));
    properties.put("spring.data.redis.password", "");
    return properties;
  }

  @Override
  public void close() {
    stopping.run();
  }
}
