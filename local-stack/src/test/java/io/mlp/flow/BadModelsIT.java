package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Models at fault beside good ones: the others are served, and each fault tells its reason. */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadModelsIT {
  private final Backends servers;
  private final Database database;
  private final ServiceProcess api;
  private final Client client;
  private final List<ServiceProcess> workers = new ArrayList<>();

  BadModelsIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
    this.api = ServiceProcess.api(servers, database).with("API_MODELS_REFRESH", "100ms").start();
    this.client = new Client(api.port());
    api.awaitReady();
  }

  @AfterEach
  void stopWorkers() {
    workers.forEach(ServiceProcess::close);
    workers.clear();
  }

  @AfterAll
  void close() {
    client.close();
    api.close();
  }

  private ServiceProcess worker(ModelFolder models) {
    ServiceProcess worker =
        ServiceProcess.worker(servers, database)
            .with("MODELS_DIRECTORY", models.path())
            .with("WORKER_TIME_LIMIT", "1s")
            .with("WORKER_MODELS_LOOK", "500ms")
            .start();
    workers.add(worker);
    return worker;
  }

  /** Each of these once stopped all others from being served, or the process. */
  @Test
  void eachFaultStaysItsOwn_andAStopIsObeyed() {
    try (ModelFolder models =
        ModelFolder.create()
            .add("a-endless", "endless_at_zero", "")
            .add("b-endless", "endless", "")
            .add("c-long", "long_at_load", "")
            .add("d-large", "input_of_2_gb", "")
            .add("e-nul", "nul_in_name", "")
            .add("f-name", "name_longer_than_64k", "")
            .add("g-ttl", "any_width", "cache: {ttl: 999999h}\n")
            .add("h-image", "even_only", "")
            .add("z-good", "any_width", "")) {
      ServiceProcess worker = worker(models).awaitReady();

      await().untilAsserted(() -> assertThat(state("z-good")).isEqualTo("ready"));
      await().untilAsserted(() -> assertThat(reason("a-endless")).contains("limit of 1 s"));
      assertThat(reason("b-endless")).contains("limit of 1 s");
      assertThat(state("d-large")).isEqualTo("ready");
      assertThat(reason("e-nul")).contains("U+0000");
      assertThat(reason("f-name")).contains("70000 characters");
      assertThat(reason("g-ttl")).contains("cache.ttl: \"999999h\" (expected: 1s to 596523h)");
      assertThat(state("h-image")).isEqualTo("ready");
      models.add("z-later", "any_width", "");
      await().untilAsserted(() -> assertThat(state("z-later")).isEqualTo("ready"));
      assertThat(state("c-long")).as("still inside ONNX Runtime").isEmpty();

      assertThat(worker.terminate().awaitExit(Duration.ofSeconds(20))).isEqualTo(128 + 15);

      assertThat(database.count("model_load")).as("nobody died").isZero();
    }
  }

  @Test
  @EnabledOnOs(
      architectures = {"amd64", "x86_64"},
      disabledReason = "elsewhere the processor lets the division overflow, and the model loads")
  void aFileThatKillsWhoLoadsItIsSkippedAfterTwoDeaths_untilItChanges() {
    try (ModelFolder models =
        ModelFolder.create().add("a-kills", "kills_at_load", "").add("b-masked", "any_width", "")) {
      assertDies(worker(models));
      assertThat(state("b-masked")).as("it came after the one that kills").isEmpty();

      ServiceProcess second = worker(models);
      assertDies(second);
      assertThat(second.log())
          .contains("b-masked/1 is loaded")
          .contains("a-kills/1 is loaded alone");

      ServiceProcess third = worker(models).awaitReady();
      await().untilAsserted(() -> assertThat(state("b-masked")).isEqualTo("ready"));
      assertThat(state("a-kills")).isEqualTo("failed");
      assertThat(reason("a-kills"))
          .isEqualTo(
              "a-kills/1: skipped because two processes died while they loaded it, the second one of"
                  + " it alone (expected: other files)");

      models.replace("a-kills", "any_width");

      await().untilAsserted(() -> assertThat(state("a-kills")).isEqualTo("ready"));
      assertThat(third.alive()).isTrue();
    }
  }

  private void assertDies(ServiceProcess worker) {
    assertThat(worker.awaitExit(Duration.ofSeconds(60))).isNotIn(0, 128 + 15, 128 + 9);
  }

  private JsonNode version(String model) {
    return client.get("/v1/models/" + model).json().at("/versions/0");
  }

  private String state(String model) {
    return version(model).path("state").asString("");
  }

  private String reason(String model) {
    return version(model).path("reason").asString("");
  }
}
