package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.dispatch.TicketQueue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** An outage is a line where it begins and a line where it ends, however many meet it. */
@ExtendWith(SharedStack.class)
@ExtendWith(OutputCaptureExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageLogIT {
  /** Queues of another name than those of the shared stack. */
  private static final TicketQueue.Type QUEUES = TicketQueue.Type.QUORUM;

  /** Long enough for statements and connections to run into their limits. */
  private static final Duration OUTAGE = Duration.ofSeconds(12);

  private static final String JOB = HeldOut.DIGITS.anyJob();
  private static final Pattern LINE = Pattern.compile("\\d\\d:\\d\\d:\\d\\d (INFO|WARN|ERROR) .*");

  /** Of a logger of ours; a long name is told by its first letters. */
  private static final Pattern OURS = Pattern.compile("\\S+ \\w+ +(io\\.mlp|i\\.mlp|i\\.m)\\..*");

  /** What goes away, and how the log calls it. */
  enum Server {
    DATABASE("The database"),
    BROKER("RabbitMQ"),
    REDIS("Redis");

    private final String name;

    Server(String name) {
      this.name = name;
    }
  }

  private final Map<Server, CuttableProxy> proxies;
  private final Stack stack;
  private final Client client;

  OutageLogIT(Backends servers, Database database) {
    this.proxies =
        Map.of(
            Server.DATABASE, CuttableProxy.to(servers.postgresPort()),
            Server.BROKER, CuttableProxy.to(servers.broker().port()),
            Server.REDIS, CuttableProxy.to(servers.redisPort()));
    this.stack = Stack.start(servers, database, properties(servers, database));
    this.client = stack.client();
  }

  private Map<String, String> properties(Backends servers, Database database) {
    Map<String, String> properties = new LinkedHashMap<>();
    String url = database.url().replace(":" + servers.postgresPort(), ":" + port(Server.DATABASE));
    properties.put("spring.datasource.url", url);
    properties.put("spring.rabbitmq.port", port(Server.BROKER));
    properties.put("spring.data.redis.port", port(Server.REDIS));
    properties.put("MLP_QUEUE_TYPE", QUEUES.name());
    // As in a container, whoever else may have something to say of an outage.
    for (String logger :
        List.of("io.mlp.outage", "org.springframework", "io.lettuce", "com.rabbitmq")) {
      properties.put("logging.level." + logger, "INFO");
    }
    return properties;
  }

  private CuttableProxy proxy(Server server) {
    return Objects.requireNonNull(proxies.get(server));
  }

  private String port(Server server) {
    return Integer.toString(proxy(server).port());
  }

  @AfterAll
  void close() {
    stack.close();
    proxies.values().forEach(CuttableProxy::close);
  }

  @ParameterizedTest
  @EnumSource(Server.class)
  void isTwoLines_whenConnectionsAreCut(Server server, CapturedOutput log) {
    assertTwoLines(server, CuttableProxy::cut, log);
  }

  @ParameterizedTest
  @EnumSource(Server.class)
  void isTwoLines_whenNothingAnswers(Server server, CapturedOutput log) {
    assertTwoLines(server, CuttableProxy::freeze, log);
  }

  private void assertTwoLines(Server server, Consumer<CuttableProxy> fault, CapturedOutput log) {
    client.run(JOB);
    int before = lines(log).size();
    fault.accept(proxy(server));
    await()
        .during(OUTAGE)
        .atMost(OUTAGE.plusSeconds(30))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> client.post(JOB).status() > 0);
    proxy(server).restore();
    await()
        .pollInterval(Duration.ofMillis(100))
        .until(() -> client.post(JOB, "Prefer", "wait=5").status() == 200);
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() ->
            log.getAll().lines().anyMatch(line -> line.contains(server.name + " answers again")));

    List<String> told =
        lines(log).stream().skip(before).filter(line -> isOf(server, line)).toList();
    assertThat(told)
        .satisfiesExactly(
            line -> assertThat(line).contains("WARN", server.name + " does not answer"),
            line -> assertThat(line).contains("INFO", server.name + " answers again"));
  }

  /**
   * A machine with much to do is late for others, too, and says so. MLP may say what it does about
   * the outage, and Spring why the broker closed a channel, which is not said by anybody else.
   */
  private static boolean isOf(Server server, String line) {
    boolean ofAnother =
        Stream.of(Server.values()).anyMatch(other -> other != server && line.contains(other.name));
    return !ofAnother
        && !line.contains("clean channel shutdown")
        && (line.contains("io.mlp.outage") || !OURS.matcher(line).matches());
  }

  private static List<String> lines(CapturedOutput log) {
    return log.getAll().lines().filter(line -> LINE.matcher(line).matches()).toList();
  }
}
