package io.mlp.flow;

import com.redis.testcontainers.RedisContainer;
import io.mlp.images.ImageList;
import io.mlp.local.Checkout;
import io.mlp.local.servers.Servers;
import io.mlp.local.servers.TestServers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.rabbitmq.RabbitMQContainer;

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

  /** Owner of the jobs that tests submit without a key. */
  static final String OWNER = "tests";

  /** A key of the settings, for tests that make keys. */
  static final String ADMIN_KEY = "mlp_TestAdminTestAdminTestAdminTestAdminTestAdm";

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
      case "containers" -> containers(environment);
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

  private static Backends containers(Map<String, String> environment) {
    ImageList images = ImageList.of(Checkout.locate());
    PostgreSQLContainer postgres =
        new PostgreSQLContainer(images.image("POSTGRES_IMAGE", "postgres", environment))
            .withDatabaseName("postgres")
            .withUsername("postgres")
            .withPassword("postgres");
    RabbitMQContainer rabbit =
        new RabbitMQContainer(images.image("RABBITMQ_IMAGE", "rabbitmq", environment));
    RedisContainer redis = new RedisContainer(images.image("REDIS_IMAGE", "redis", environment));
    List<GenericContainer<?>> all = List.of(postgres, rabbit, redis);
    Startables.deepStart(all).join();
    return new Backends(
            postgres.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
            redis.getRedisPort(),
            Broker.rabbit(rabbit.getAmqpPort()),
            () -> all.forEach(GenericContainer::stop))
        .withRole();
  }

  private static Backends running(Map<String, String> environment) {
    return new Backends(
            port(environment, "MLP_TEST_POSTGRES_PORT"),
            port(environment, "MLP_TEST_REDIS_PORT"),
            Broker.rabbit(port(environment, "MLP_TEST_AMQP_PORT")),
            () -> {})
        .withRole();
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

  private Backends withRole() {
    JdbcClient administrator = Database.asAdministrator(postgresPort, "postgres");
    String known = "select exists (select from pg_roles where rolname = 'mlp')";
    if (!administrator.sql(known).query(Boolean.class).single()) {
      administrator.sql("create role mlp login password 'mlp'").update();
    }
    return this;
  }

  /** What the api and the worker need to use these servers and no others. */
  Map<String, String> springProperties() {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("api.keys.loopback-owner", OWNER);
    properties.put("api.keys.bootstrap-admin", ADMIN_KEY);
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
