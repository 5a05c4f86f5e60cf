package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.local.servers.Ports;
import io.mlp.local.servers.Servers;
import io.mlp.local.servers.TestServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class ApplicationsIT {
  private static final LocalStackSettings SETTINGS =
      LocalStackSettings.from(
              Map.of("API_PORT", "0", "API_MANAGEMENT_PORT", "0", "WORKER_MANAGEMENT_PORT", "0"),
              Checkout.locate())
          .withPortsChosen();

  @Test
  void runBesideEachOther_eachAsInItsOwnProcess() throws Exception {
    try (Servers servers = TestServers.start()) {
      Applications applications = new Applications(SETTINGS, servers);
      try (ConfigurableApplicationContext api = applications.startApi();
          ConfigurableApplicationContext worker = applications.startWorker()) {
        assertThat(api.getId()).isEqualTo("mlp-api");
        assertThat(worker.getId()).isEqualTo("mlp-worker");
        assertThat(worker.containsBean("entityManagerFactory")).isFalse();
        assertThat(worker.containsBean("flyway")).isFalse();
        assertThat(status(SETTINGS.apiManagementPort(), "/actuator/prometheus")).isEqualTo(200);
        assertThat(status(SETTINGS.workerManagementPort(), "/actuator/prometheus")).isEqualTo(200);
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> status(SETTINGS.workerManagementPort(), "/actuator/health") == 200);
      }
    }
    assertThat(Ports.taken(SETTINGS.apiPort())).isFalse();
    assertThat(Ports.taken(SETTINGS.apiManagementPort())).isFalse();
    assertThat(Ports.taken(SETTINGS.workerManagementPort())).isFalse();
  }

  private static int status(int port, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d%s".formatted(port, path));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
