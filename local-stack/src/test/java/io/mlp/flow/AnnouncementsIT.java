package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.dispatch.TicketQueue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The api hears what workers announce, whatever becomes of its subscription. Nothing is looked up
 * in the meantime, so a job that is not announced keeps its client waiting to the end.
 */
@ExtendWith(SharedStack.class)
class AnnouncementsIT {
  private static final String NO_LOOK = "60s";

  /** Of a job that is announced; one that is not would take the whole wait. */
  private static final Duration SOON = Duration.ofSeconds(5);

  private final Backends servers;
  private final Database database;

  AnnouncementsIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
  }

  /** Its answer comes later than any command's should. */
  @RepeatedTest(3)
  void comeThrough_thoughTheFirstSubscriptionWasSlow() {
    try (CuttableProxy redis = CuttableProxy.to(servers.redisPort())) {
      redis.when("\r\nSUBSCRIBE\r\n", () -> standStill(redis));
      try (Application api = Application.api(properties(redis.port()));
          Application worker = Application.worker(properties(servers.redisPort()));
          Client client = new Client(api.port())) {
        await().until(() -> client.get("/v1/models/digits").status() == 200);

        await().atMost(Duration.ofSeconds(15)).until(() -> timed(client).compareTo(SOON) < 0);
        assertThat(worker.port()).isPositive();
      }
    }
  }

  private static void standStill(CuttableProxy redis) {
    redis.freeze();
    CompletableFuture.delayedExecutor(400, TimeUnit.MILLISECONDS).execute(redis::restore);
  }

  /** A connection of which nobody says that it is broken. */
  @Test
  void comeThroughAgain_afterTheConnectionsDiedInSilence() {
    try (CuttableProxy redis = CuttableProxy.to(servers.redisPort());
        Application api = Application.api(properties(redis.port()));
        Application worker = Application.worker(properties(servers.redisPort()));
        Client client = new Client(api.port())) {
      await().until(() -> client.get("/v1/models/digits").status() == 200);
      assertThat(timed(client)).isLessThan(SOON);

      redis.forget();

      await().atMost(Duration.ofSeconds(15)).until(() -> timed(client).compareTo(SOON) < 0);
      assertThat(worker.port()).isPositive();
    }
  }

  private Map<String, String> properties(int redisPort) {
    Map<String, String> properties = new LinkedHashMap<>(servers.springProperties());
    properties.put("spring.datasource.url", database.url());
    properties.put("spring.data.redis.port", Integer.toString(redisPort));
    properties.put("api.waiting.reread", NO_LOOK);
    // Queues of another name than those of the shared stack, whose worker has another database.
    properties.put("MLP_QUEUE_TYPE", TicketQueue.Type.QUORUM.name());
    return properties;
  }

  /** How long a job keeps a client that waits for no more than a few seconds. */
  private static Duration timed(Client client) {
    long begin = System.nanoTime();
    Client.Answer answer = client.post(HeldOut.DIGITS.anyJob(), "Prefer", "wait=6");
    assertThat(answer.status()).as(answer.text()).isBetween(200, 202);
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}
