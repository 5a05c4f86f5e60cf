package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * From the first 200 of its readiness on, a starting api refuses no job of a model that a worker
 * has registered, be it at that moment. {@code -Dstart.starts=20} measures more starts than CI
 * does; the report is {@code target/first-job.txt}.
 */
@ExtendWith(SharedStack.class)
class FirstJobIT {
  private static final Path REPORT = Path.of("target", "first-job.txt");
  private static final int STARTS = Integer.getInteger("start.starts", 3);

  /** Longer than between two readings of the catalogue. */
  private static final Duration WATCHED = Duration.ofMillis(1500);

  private final Backends servers;
  private final Database database;

  FirstJobIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
  }

  @Test
  void isRefusedByNoStart() throws IOException {
    Map<String, String> properties = new LinkedHashMap<>(servers.springProperties());
    properties.put("spring.datasource.url", database.url());
    try (Application worker = Application.worker(properties)) {
      await().until(() -> database.count("worker_model") == 4);
      int good = 0;
      int jobs = 0;
      for (int start = 0; start < STARTS; start++) {
        Refusals seen = start(start);
        good += seen.refused.isEmpty() ? 1 : 0;
        jobs += seen.accepted;
        assertThat(worker.port()).isPositive();
        Files.writeString(
            REPORT,
            "%d of %d starts refused no job from the first 200 on; %d jobs accepted%n"
                .formatted(good, start + 1, jobs));
        assertThat(seen.refused).as("start %d", start).isEmpty();
      }
    }
  }

  /** What one start answered: how many jobs it took, and what it said to the others. */
  private static final class Refusals {
    private final Map<String, String> refused = new LinkedHashMap<>();
    private int accepted;

    void add(String what, Client.Answer answer) {
      if (answer.status() == 202) {
        accepted++;
      } else {
        refused.putIfAbsent(what, answer.status() + " " + answer.text());
      }
    }
  }

  private Refusals start(int number) {
    Refusals seen = new Refusals();
    try (ServiceProcess api = ServiceProcess.api(servers, database).start();
        Client client = new Client(api.port())) {
      awaitFirstAnswer(api, client);
      long end = System.nanoTime() + WATCHED.toNanos();
      for (int i = 0; System.nanoTime() < end; i++) {
        String fresh = "fresh-%d-%d".formatted(number, i);
        IdleModel.register(database, fresh);
        seen.add(
            fresh, client.post("{\"model\": \"%s\", \"inputs\": {\"x\": [[1]]}}".formatted(fresh)));
        seen.add("digits", client.post(HeldOut.DIGITS.anyJob()));
        seen.add("iris", client.post(HeldOut.IRIS.anyJob()));
      }
    }
    return seen;
  }

  /** Asks without a pause, so that the very first 200 is seen. */
  private static void awaitFirstAnswer(ServiceProcess api, Client client) {
    await()
        .atMost(Duration.ofSeconds(90))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> {
          assertThat(api.alive()).as(api.log()).isTrue();
          return ready(client);
        });
  }

  private static boolean ready(Client client) {
    try {
      return client.get("/v2/health/ready").status() == 200;
    } catch (UncheckedIOException _) {
      return false;
    }
  }
}
