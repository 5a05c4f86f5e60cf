package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.dispatch.TicketQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * A queue that somebody declared otherwise. The first by name, so that the others are behind it.
 */
@ExtendWith(SharedStack.class)
class RefusedQueueIT {
  private static final String REFUSED = "a-refused";
  private static final String BEHIND = "b-behind";
  private static final String QUEUE = new TicketQueue(REFUSED, 1, TicketQueue.Type.CLASSIC).name();

  private final Backends servers;
  private final Database database;

  RefusedQueueIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
  }

  @Test
  void keepsNoOtherFromBeingServed_andIsTold_andTakenUpWhenItIsMended() {
    try (Models models = new Models();
        TicketQueues queues = TicketQueues.of(servers.broker())) {
      models.put(REFUSED, 1, Models.shipped("digits", 1));
      models.put(BEHIND, 1, Models.shipped("digits", 1));
      queues.declareOtherwise(REFUSED, 1);
      try (Application api = Application.api(properties(models));
          Application worker = Application.worker(properties(models));
          Client client = new Client(api.port());
          Client management = new Client(worker.managementPort())) {
        assertOthersAreServed(client);
        assertIsTold(client, management);
        UUID waiting = client.submit(job(REFUSED));

        queues.delete(REFUSED, 1);

        assertThat(client.awaitEnd(waiting).path("status").asString()).isEqualTo("succeeded");
        await().until(() -> states(client, REFUSED).equals(List.of("ready")));
        assertThat(readiness(management).status()).isEqualTo(200);
      } finally {
        queues.delete(REFUSED, 1);
        queues.delete(BEHIND, 1);
      }
    }
  }

  private static void assertOthersAreServed(Client client) {
    await().until(() -> states(client, BEHIND).equals(List.of("ready")));
    assertThat(client.run(job(BEHIND)).path("status").asString()).isEqualTo("succeeded");
  }

  private static void assertIsTold(Client client, Client management) {
    await().until(() -> states(client, REFUSED).equals(List.of("waiting", "failed")));
    assertThat(client.get("/v1/models/" + REFUSED).json().at("/versions/1/reason").asString())
        .contains(QUEUE)
        .contains("delete it");
    Client.Answer readiness = readiness(management);
    assertThat(readiness.status()).isEqualTo(503);
    assertThat(readiness.text()).contains(QUEUE).doesNotContain(BEHIND);
  }

  private static Client.Answer readiness(Client management) {
    return management.get("/actuator/health/readiness");
  }

  private static List<String> states(Client client, String model) {
    List<String> states = new ArrayList<>();
    for (JsonNode version : client.get("/v1/models/" + model).json().path("versions")) {
      states.add(version.path("state").asString());
    }
    return states;
  }

  private static String job(String model) {
    return HeldOut.DIGITS.anyJob().replace("\"digits\"", "\"" + model + "\"");
  }

  private Map<String, String> properties(Models models) {
    Map<String, String> properties = new LinkedHashMap<>(servers.springProperties());
    properties.put("spring.datasource.url", database.url());
    properties.put("worker.models.directory", models.directory().toString());
    properties.put("worker.models.look", Duration.ofMillis(200).toString());
    properties.put("api.models.refresh", Duration.ofMillis(100).toString());
    return properties;
  }
}
