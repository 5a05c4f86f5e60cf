package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Runs that take longer than they may, or longer than their worker or their client stays. */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LongRunsIT {
  /** Steps of some ten seconds, and of many minutes. */
  private static final long LONG = 20_000_000;

  private static final long ENDLESS = 100 * LONG;

  /** Boxes that one node compares for about a minute. */
  private static final long DEAF = 400_000;

  private final Backends servers;
  private final Database database;
  private final ModelFolder models;
  private final ServiceProcess api;
  private final Client client;
  private ServiceProcess worker;

  LongRunsIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
    this.models =
        ModelFolder.create()
            .add("patient", "loops", "time_limit: 1h\n")
            .add("limited", "loops", "time_limit: 300ms\n")
            .add("stubborn", "deaf", "time_limit: 1h\n")
            .add("deaf", "deaf", "time_limit: 200ms\n");
    this.api =
        ServiceProcess.api(servers, database)
            .with("API_MODELS_REFRESH", "100ms")
            .with("API_UPKEEP_INTERVAL", "100ms")
            .with("API_RETRY_BACKOFF", "100ms")
            .start();
    this.client = new Client(api.port());
    this.worker = startWorker();
  }

  private ServiceProcess startWorker() {
    return ServiceProcess.worker(servers, database)
        .with("MODELS_DIRECTORY", models.path())
        .with("WORKER_RUNS", "1")
        .with("WORKER_LEASE", "2s")
        .with("WORKER_RETRY_BACKOFF", "100ms")
        .with("WORKER_GRACE", "1s")
        .with("WORKER_STUCK_AFTER", "500ms")
        .start();
  }

  @BeforeEach
  void awaitServed() {
    api.awaitReady();
    worker.awaitReady();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> client.get("/v1/models/deaf").status() == 200);
  }

  @AfterEach
  void replaceWorker() {
    worker.close();
    database.sql().sql("delete from live").update();
    worker = startWorker();
  }

  @AfterAll
  void close() {
    worker.close();
    client.close();
    api.close();
    models.close();
  }

  @Test
  void aRunThatTakesLongerThanItsModelsLimitFails_andIsTriedAgain() {
    UUID id = client.submit(job("limited", ENDLESS, ", \"max_attempts\": 2"));

    JsonNode job = client.awaitEnd(id);
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("failed");
    assertThat(job.at("/error/kind").asString()).isEqualTo("timeout");
    assertThat(job.at("/error/detail").asString())
        .isEqualTo("The run took longer than its limit of 0.3 s");
    assertThat(job.path("attempts").asInt()).isEqualTo(2);
    assertThat(database.count("attempt where job_id = ? and kind = 'timeout'", id)).isEqualTo(2);
    assertThat(worker.alive()).isTrue();
  }

  @Test
  void aJobOfAWorkerThatStopsIsFinishedByAnother_atNoAttempt() {
    UUID id = client.submit(job("patient", LONG, ""));
    awaitRunning(id);

    assertThat(worker.terminate().awaitExit(Duration.ofSeconds(20))).isEqualTo(128 + 15);
    assertThat(
            database.count(
                "live where job_id = ? and lease_until is null and attempts = 0 and not poison_candidate"
                    + " and ready_at <= now()",
                id))
        .isEqualTo(1);

    worker = startWorker();
    JsonNode job =
        await()
            .atMost(Duration.ofMinutes(2))
            .until(() -> client.job(id), it -> it.path("status").asString().equals("succeeded"));
    assertThat(job.path("attempts").asInt()).isEqualTo(1);
    assertThat(database.count("attempt where job_id = ?", id)).isZero();
  }

  @Test
  void aWorkerThatStopsLetsGoEvenOfARunThatDoesNotEnd() {
    UUID id = client.submit(job("stubborn", DEAF, ""));
    awaitRunning(id);

    assertThat(worker.terminate().awaitExit(Duration.ofSeconds(20))).isEqualTo(128 + 15);
    assertThat(database.count("live where job_id = ? and lease_until is null", id)).isEqualTo(1);
  }

  /** What a cancel does: the job's row in live goes, whoever holds its lease. */
  @Test
  void aRunWhoseJobIsTakenAwayMakesRoomForTheNext() {
    UUID canceled = client.submit(job("patient", ENDLESS, ""));
    awaitRunning(canceled);

    database.sql().sql("delete from live where job_id = ?").param(canceled).update();

    JsonNode next = client.awaitEnd(client.submit(job("patient", 1, "")));
    assertThat(next.path("status").asString()).isEqualTo("succeeded");
    await().until(() -> worker.metric("mlp_late_records_refused_total") == 1);
  }

  /** Its job comes back as a poison candidate, and is lost isolated the second time. */
  @Test
  void aProcessWithARunThatDoesNotEndEndsItself_toBeStartedAgain() {
    UUID id = client.submit(job("deaf", DEAF, ", \"max_attempts\": 1"));

    assertThat(worker.awaitExit(Duration.ofSeconds(60))).isEqualTo(70);
    assertThat(worker.log())
        .contains("A run of deaf version 1 goes on")
        .contains("This process is no longer live and ends itself");
    await().until(() -> database.count("live where job_id = ? and poison_candidate", id) == 1);

    worker = startWorker();
    assertThat(worker.awaitExit(Duration.ofSeconds(90))).isEqualTo(70);
    JsonNode job = client.awaitEnd(id);
    assertThat(job.at("/error/kind").asString()).as(job.toString()).isEqualTo("worker_lost");
    assertThat(job.path("attempts").asInt()).isEqualTo(1);
  }

  private void awaitRunning(UUID id) {
    await()
        .until(() -> database.count("live where job_id = ? and lease_until is not null", id) == 1);
  }

  private static String job(String model, long steps, String more) {
    return """
    {"model": "%s", "inputs": {"x": [%d]}%s}\
    """
        .formatted(model, steps, more);
  }
}
