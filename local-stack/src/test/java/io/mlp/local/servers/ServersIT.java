package io.mlp.local.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServersIT {
  private static Servers servers;

  @BeforeAll
  static void start() {
    servers = TestServers.start();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  @Test
  void postgresKeepsWhatItConfirms() throws SQLException {
    String url = servers.postgres().jdbcUrl();
    assertThat(Sql.text(url, "show fsync")).isEqualTo("on");
    assertThat(Sql.text(url, "show full_page_writes")).isEqualTo("on");
    assertThat(Sql.text(url, "show synchronous_commit")).isEqualTo("on");
  }

  @Test
  void postgresServesOneDatabaseOnLoopback() throws SQLException {
    String url = servers.postgres().jdbcUrl();
    assertThat(Sql.text(url, "show listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(Sql.text(url, "select current_user || '/' || current_database()"))
        .isEqualTo("mlp/mlpdb");
    assertThat(Sql.text(url, "select upper('é')")).isEqualTo("É");
  }

  @Test
  void rowIsStillThere_whenServersStartAgain(@TempDir Path folder) throws SQLException {
    try (Servers first = Servers.start(TestServers.in(folder))) {
      Sql.execute(first.postgres().jdbcUrl(), "create table note as select 'kept' as text");
    }
    try (Servers second = Servers.start(TestServers.in(folder))) {
      assertThat(second.reaped()).isEmpty();
      assertThat(Sql.text(second.postgres().jdbcUrl(), "select text from note")).isEqualTo("kept");
    }
  }

  @Test
  void leavesNoProcess(@TempDir Path folder) {
    Servers closed = Servers.start(TestServers.in(folder));
    ProcessHandle postgres = closed.postgres().process().orElseThrow();
    ProcessHandle redis = closed.redis().process().orElseThrow();
    closed.close();
    assertThat(ServerProcess.alive(postgres)).isFalse();
    assertThat(ServerProcess.alive(redis)).isFalse();
    assertThat(Ports.taken(closed.broker().port())).isFalse();
  }

  @Test
  void leavesNoProcess_whenOneServerDoesNotStart(@TempDir Path folder) throws Exception {
    Path blocked = Files.createDirectories(folder.resolve("postgres"));
    Files.writeString(blocked.resolve("PG_VERSION"), "18\n");
    Files.writeString(blocked.resolve("note"), "not a data directory");
    Servers servers = Servers.prepare(TestServers.in(folder));
    assertThatThrownBy(servers::start)
        .isInstanceOf(CannotStartException.class)
        .hasMessageContainingAll("PostgreSQL did not start", "postgres.log");
    assertThat(ServerProcess.ofRedis(folder).flatMap(ServerProcess::running)).isEmpty();
    assertThat(blocked.resolve("note")).exists();
  }

  @Test
  void refusesTakenPort_namingItsVariable(@TempDir Path folder) throws Exception {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      ServersSettings settings = new ServersSettings(folder, folder, 0, holder.getLocalPort(), 0);
      assertThatThrownBy(() -> Servers.prepare(settings))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContainingAll(
              Integer.toString(holder.getLocalPort()), "LOCAL_STACK_REDIS_PORT");
    }
  }

  @Test
  void redisKeepsNothingAndEvicts() {
    RedisClient client =
        RedisClient.create("redis://127.0.0.1:%d".formatted(servers.redis().port()));
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      assertThat(connection.sync().ping()).isEqualTo("PONG");
      assertThat(connection.sync().configGet("maxmemory"))
          .containsEntry("maxmemory", Long.toString(256L << 20));
      assertThat(connection.sync().configGet("maxmemory-policy"))
          .containsEntry("maxmemory-policy", "allkeys-lru");
      assertThat(connection.sync().configGet("save")).containsEntry("save", "");
      assertThat(connection.sync().configGet("appendonly")).containsEntry("appendonly", "no");
    } finally {
      client.shutdown();
    }
  }

  @Test
  void brokerConfirmsAndDelivers_withRabbitArgumentsOnTheQueue() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      declareLikeRabbit(channel, "jobs");
      channel.confirmSelect();
      channel.basicPublish("", "jobs", MessageProperties.PERSISTENT_BASIC, bytes("ticket"));
      channel.waitForConfirmsOrDie(5_000);

      BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
      channel.basicConsume("jobs", false, (_, delivery) -> deliveries.add(delivery), _ -> {});
      Optional<Delivery> delivery = Optional.ofNullable(deliveries.poll(5, TimeUnit.SECONDS));
      assertThat(delivery.map(Delivery::getBody)).contains(bytes("ticket"));
      channel.basicAck(delivery.orElseThrow().getEnvelope().getDeliveryTag(), false);
    }
  }

  @Test
  void brokerDeclaresTheSameQueueAgain() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      declareLikeRabbit(channel, "again");
      AMQP.Queue.DeclareOk second = declareLikeRabbit(channel, "again");
      assertThat(second.getMessageCount()).isZero();
    }
  }

  private static AMQP.Queue.DeclareOk declareLikeRabbit(Channel channel, String queue)
      throws Exception {
    return channel.queueDeclare(
        queue,
        true,
        false,
        false,
        Map.of(
            "x-queue-type", "quorum",
            "x-delivery-limit", 20,
            "x-max-length", 10_000,
            "x-overflow", "reject-publish",
            "x-consumer-timeout", 3_600_000,
            "x-dead-letter-exchange", "",
            "x-max-priority", 9));
  }

  private static Connection connect() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(servers.broker().host());
    factory.setPort(servers.broker().port());
    factory.setUsername(servers.broker().user());
    factory.setPassword(servers.broker().password());
    factory.setVirtualHost(servers.broker().virtualHost());
    return factory.newConnection();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
