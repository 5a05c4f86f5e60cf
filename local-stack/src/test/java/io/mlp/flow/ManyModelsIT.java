package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Two hundred models in one worker. What they cost is written to {@code target/many-models.txt};
 * the figures are those of a test, on whatever machine it runs.
 */
@ExtendWith(SharedStack.class)
class ManyModelsIT {
  private static final Path REPORT = Path.of("target", "many-models.txt");
  private static final int MANY = 200;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final Backends servers;
  private final Database database;

  ManyModelsIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
  }

  /** What a process needs while it has nothing to do. */
  private record Cost(int models, double readySeconds, long megabytes, long threads, double cpu) {
    @Override
    public String toString() {
      return "%d models: ready in %.1f s, %d MB resident, %d threads, %.1f%% of a processor idle"
          .formatted(models, readySeconds, megabytes, threads, cpu * 100);
    }
  }

  @Test
  void areServedByOneWorker() throws IOException {
    try (Models models = new Models();
        ServiceProcess api = ServiceProcess.api(servers, database).start();
        Client client = new Client(api.port())) {
      api.awaitReady();
      models.put("copy-0", 1, Models.shipped("digits", 1));
      Cost few = measured(models, client, 1);
      for (int i = 1; i < MANY; i++) {
        models.put("copy-" + i, 1, Models.shipped("digits", 1));
      }
      double apiBefore = cpuShare(api.pid());

      Cost many = measured(models, client, MANY);

      double apiAfter = cpuShare(api.pid());
      Files.writeString(
          REPORT,
          """
          worker with %s
          worker with %s
          api idle: %.1f%% of a processor with 1 version catalogued, %.1f%% with %d
          """
              .formatted(few, many, apiBefore * 100, apiAfter * 100, MANY));
      assertThat(many.threads() - few.threads()).as(many.toString()).isLessThan(30);
      assertThat(many.megabytes() - few.megabytes()).as(many.toString()).isLessThan(400);
    }
  }

  /** Starts a worker on the models, runs a job on each, and lets it be idle for a while. */
  private Cost measured(Models models, Client client, int count) throws IOException {
    long start = System.nanoTime();
    try (ServiceProcess worker =
        ServiceProcess.worker(servers, database)
            .with("MODELS_DIRECTORY", models.directory().toString())
            .start()) {
      worker.awaitReady();
      await().atMost(Duration.ofSeconds(60)).until(() -> ready(client) == count);
      double readySeconds = (System.nanoTime() - start) / 1e9;
      List<JsonNode> jobs =
          Client.sideBySide(8, IntStream.range(0, count).boxed().toList(), i -> run(client, i));
      assertThat(jobs).allMatch(job -> job.path("status").asString().equals("succeeded"));
      return new Cost(
          count,
          readySeconds,
          status(worker.pid(), "VmRSS") / 1024,
          status(worker.pid(), "Threads"),
          cpuShare(worker.pid()));
    }
  }

  private static JsonNode run(Client client, int number) {
    return client.run(HeldOut.DIGITS.anyJob().replace("\"digits\"", "\"copy-" + number + "\""));
  }

  private static long ready(Client client) {
    long ready = 0;
    for (JsonNode model : client.get("/v1/models").json().path("models")) {
      ready += model.at("/versions/0/state").asString().equals("ready") ? 1 : 0;
    }
    return ready;
  }

  private static long status(long pid, String field) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** The processor time that the process takes while it idles, as a share of the time. */
  private static double cpuShare(long pid) {
    Duration before = cpu(pid);
    await().pollDelay(IDLE).timeout(IDLE.multipliedBy(2)).until(() -> true);
    return (double) cpu(pid).minus(before).toMillis() / IDLE.toMillis();
  }

  private static Duration cpu(long pid) {
    return ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow();
  }
}
