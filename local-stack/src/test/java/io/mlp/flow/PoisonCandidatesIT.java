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

/** Jobs that kill every process that runs them, among jobs that do no harm. */
@ExtendWith(SharedStack.class)
class PoisonCandidatesIT {
  private static final int GOOD = 64;
  private static final int KILLERS = 2;
  private static final int ATTEMPTS = 3;

  private final Backends servers;
  private final Database database;

  PoisonCandidatesIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
  }

  @Test
  @EnabledOnOs(
      architectures = {"amd64", "x86_64"},
      disabledReason = "elsewhere the processor lets the division overflow, and the model answers")
  void jobsThatKillTheirProcessesEndAlone_andAllOthersSucceed() {
    try (ModelFolder models =
            ModelFolder.create().add("kills", "kills_at_minus_one", "example: {x: [1]}\n");
        ServiceProcess api = api().start();
        Client client = new Client(api.port());
        Workers workers = new Workers(models)) {
      api.awaitReady();
      ServiceProcess first = workers.keepOne();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> client.get("/v1/models/kills").status() == 200);
      first.freeze(); // so that they share batches
      Map<Integer, UUID> good = new LinkedHashMap<>();
      List<UUID> killers = new ArrayList<>();
      for (int x = 1; x <= GOOD; x++) {
        good.put(x, client.submit(job(x)));
        if (x % (GOOD / KILLERS) == 1) {
          killers.add(client.submit(job(-1)));
        }
      }
      first.thaw();

      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> {
            workers.keepOne();
            return database.count("live") == 0;
          });

      assertThat(killers).hasSize(KILLERS);
      killers.forEach(id -> assertLost(client.job(id)));
      good.forEach((x, id) -> assertSucceeded(client.job(id), Long.MIN_VALUE / x));
      assertThat(database.count("attempt where kind <> 'worker_lost'")).isZero();
      // Once in a batch that they share at best, then each as often alone as it has attempts.
      assertThat(workers.died).isBetween(1 + KILLERS * ATTEMPTS, KILLERS * (1 + ATTEMPTS));
    }
  }

  private void assertLost(JsonNode job) {
    assertThat(job.path("status").asString()).isEqualTo("failed");
    assertThat(job.at("/error/kind").asString()).as(job.toString()).isEqualTo("worker_lost");
    assertThat(job.path("attempts").asInt()).isEqualTo(ATTEMPTS);
    UUID id = UUID.fromString(job.path("id").asString());
    assertThat(database.count("attempt where job_id = ?", id)).isEqualTo(1 + ATTEMPTS);
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

    ServiceProcess keepOne() {
      if (all.isEmpty() || !all.getLast().alive()) {
        died = all.size();
        all.add(
            ServiceProcess.worker(servers, database)
                .with("MODELS_DIRECTORY", models.path())
                .with("WORKER_LEASE", "2s")
                .start());
      }
      return all.getLast();
    }

    @Override
    public void close() {
      all.forEach(ServiceProcess::close);
    }
  }
}
