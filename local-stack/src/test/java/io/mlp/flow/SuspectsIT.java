package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A job that kills every process that runs it, among jobs that do no harm. */
@ExtendWith(SharedStack.class)
class SuspectsIT {
  private static final int GOOD = 63;

  private final Backends servers;
  private final Database database;

  SuspectsIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
  }

  @Test
  @EnabledOnOs(
      architectures = {"amd64", "x86_64"},
      disabledReason = "elsewhere the processor lets the division overflow, and the model answers")
  void aJobThatKillsItsProcessesEndsAlone_andAllOthersSucceed() {
    try (ModelFolder models =
            ModelFolder.create().add("kills", "kills_at_minus_one", "example: {x: [1]}\n");
        ServiceProcess api = api().start();
        Client client = new Client(api.port());
        Workers workers = new Workers(models)) {
      api.awaitReady();
      workers.keepOne();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> client.get("/v1/models/kills").status() == 200);
      Map<Integer, UUID> good = new LinkedHashMap<>();
      for (int x = 1; x <= GOOD / 2; x++) {
        good.put(x, client.submit(job(x)));
      }
      UUID bad = client.submit(job(-1));
      for (int x = GOOD / 2 + 1; x <= GOOD; x++) {
        good.put(x, client.submit(job(x)));
      }

      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> {
            workers.keepOne();
            return database.count("live") == 0;
          });

      assertThat(workers.died).isEqualTo(4);
      JsonNode failed = client.job(bad);
      assertThat(failed.path("status").asString()).isEqualTo("failed");
      assertThat(failed.at("/error/kind").asString())
          .as(failed.toString())
          .isEqualTo("worker_lost");
      assertThat(failed.path("attempts").asInt()).isEqualTo(3);
      good.forEach((x, id) -> assertSucceeded(client.job(id), Long.MIN_VALUE / x));
      assertThat(database.count("attempt where kind <> 'worker_lost'")).isZero();
      assertThat(database.count("attempt where job_id = ?", bad)).isEqualTo(4);
    }
  }

  private static String job(int x) {
    return """
    {"model": "kills", "inputs": {"x": [%d]}}\
    """
        .formatted(x);
  }

  private static void assertSucceeded(JsonNode job, long answer) {
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("succeeded");
    assertThat(job.path("attempts").asInt()).isEqualTo(1);
    assertThat(Client.output(job, "y").get(0).asLong()).isEqualTo(answer);
  }

  private ServiceProcess.Launch api() {
    return ServiceProcess.api(servers, database)
        .with("API_MODELS_REFRESH", "100ms")
        .with("API_UPKEEP_INTERVAL", "100ms")
        .with("API_RETRY_BACKOFF", "100ms");
  }

  /** One worker after the other, as an orchestrator restarts them. */
  private final class Workers implements AutoCloseable {
    private final ModelFolder models;
    private final List<ServiceProcess> all = new ArrayList<>();
    private int died;

    Workers(ModelFolder models) {
      this.models = models;
    }

    void keepOne() {
      if (all.isEmpty() || !all.getLast().alive()) {
        died = all.size();
        all.add(
            ServiceProcess.worker(servers, database)
                .with("MODELS_DIRECTORY", models.path())
                .with("WORKER_LEASE", "2s")
                .start());
      }
    }

    @Override
    public void close() {
      all.forEach(ServiceProcess::close);
    }
  }
}
