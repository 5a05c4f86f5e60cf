package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.dispatch.TicketQueue;
import io.mlp.worker.schedule.BatchScheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * Models come, change and go while jobs flow: an api and a worker of their own, on a repository
 * that the tests write into. Each test has models of its own names.
 */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModelLifeIT {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Path IRIS_1 = Models.shipped("iris", 1);
  private static final Path IRIS_2 = Models.shipped("iris", 2);
  private static final Path DIABETES = Models.shipped("diabetes", 1);

  private final Models models = new Models();
  private final Map<String, String> properties;
  private final Database database;
  private final TicketQueues queues;
  private final Application api;
  private final Client client;
  private Application worker;

  ModelLifeIT(Backends servers, Database database) {
    this.database = database;
    this.properties = new LinkedHashMap<>(servers.springProperties());
    properties.put("spring.datasource.url", database.url());
    properties.put("worker.models.directory", models.directory().toString());
    properties.put("WORKER_MODELS_LOOK", "100ms");
    properties.put("WORKER_HEARTBEAT", "200ms");
    properties.put("API_MODELS_REFRESH", "50ms");
    properties.put("API_RETIRE_AFTER", "2s");
    properties.put("MLP_QUEUE_TYPE", TicketQueue.Type.QUORUM.name());
    this.queues = TicketQueues.of(servers.broker(), TicketQueue.Type.QUORUM);
    this.api = Application.api(properties);
    this.worker = Application.worker(properties);
    this.client = new Client(api.port());
  }

  @AfterAll
  void close() {
    client.close();
    worker.close();
    api.close();
    queues.close();
    models.close();
  }

  @Test
  void aModelIsServed_soonAfterItIsAdded() {
    String model = name();
    models.put(model, 1, IRIS_1);
    models.describe(model, "description: Added while all runs.");

    awaitState(model, 1, "ready");

    assertThat(version(model, 1).path("description").asString()).endsWith("runs.");
    assertSucceeds(client.run(job(model, "")), "1");
  }

  @Test
  void otherModelsRunOn_whileOneIsAddedAndRemoved() {
    String steady = added(IRIS_1);
    try (Flow flow = new Flow(() -> client.run(job(steady, "")))) {
      String model = added(IRIS_2);
      assertSucceeds(client.run(job(model, "")), "1");
      models.remove(model, 1);
      awaitState(model, 1, "retired");
      flow.awaitMore(10);
      assertThat(flow.jobs()).allSatisfy(job -> assertSucceeds(job, "1"));
    }
  }

  @Test
  void itsMetersGo_withTheVersion() {
    String model = added(IRIS_1);
    assertSucceeds(client.run(job(model, "")), "1");
    assertThat(meters(worker, model)).isPositive();
    assertThat(meters(api, model)).isPositive();

    models.remove(model, 1);

    awaitState(model, 1, "retired");
    await().until(() -> meters(worker, model) == 0 && meters(api, model) == 0);
  }

  private static long meters(Application service, String model) {
    return service.bean(MeterRegistry.class).getMeters().stream()
        .filter(meter -> model.equals(meter.getId().getTag("model")))
        .count();
  }

  @Test
  void noJobFails_whileAVersionsBytesAreReplaced() {
    String model = added(IRIS_1);
    String before = version(model, 1).path("digest").asString();
    try (Flow flow = new Flow(() -> client.run(job(model, "")))) {
      flow.awaitMore(5);
      models.put(model, 1, IRIS_2);
      await().until(() -> !version(model, 1).path("digest").asString().equals(before));
      flow.awaitMore(10);

      String after = version(model, 1).path("digest").asString();
      assertThat(flow.jobs())
          .allSatisfy(job -> assertSucceeds(job, "1"))
          .extracting(job -> job.path("model_digest").asString())
          .startsWith(before)
          .endsWith(after)
          .containsOnly(before, after)
          .isSortedAccordingTo(
              (one, other) -> Boolean.compare(one.equals(after), other.equals(after)));
    }
  }

  @Test
  void aNewDescriptionCounts_ofTheSameBytes() {
    String model = added(IRIS_1);

    models.describe(model, "labels: [one, two, three]");

    await()
        .untilAsserted(() ->
            assertThat(version(model, 1).path("labels").toString())
                .isEqualTo("[\"one\",\"two\",\"three\"]"));
    await()
        .until(
            () -> client.run(job(model, "")).at("/predictions/0/label").asString().equals("two"));
  }

  /** Here {@code model.yaml} opts in, so that no job has to. */
  @Test
  void answersAreNotTakenFromOtherBytes_norFromOtherLabels() {
    String model = name();
    models.describe(model, "cache: {ttl: 1h}\nlabels: [a, b, c]");
    models.put(model, 1, IRIS_1);
    awaitState(model, 1, "ready");
    assertThat(version(model, 1).path("cache_seconds").asInt()).isEqualTo(3600);
    JsonNode first = client.run(job(model, ""));
    JsonNode again = client.run(job(model, ""));
    assertThat(again.at("/metrics/cache").asString()).isEqualTo("hit");

    models.put(model, 1, IRIS_2);
    await().until(() -> !version(model, 1).path("digest").equals(first.path("model_digest")));
    JsonNode ofOtherBytes = client.run(job(model, ""));
    assertThat(ofOtherBytes.at("/metrics/cache").asString()).isEqualTo("miss");
    assertThat(ofOtherBytes.path("outputs")).isNotEqualTo(first.path("outputs"));

    models.describe(model, "cache: {ttl: 1h}\nlabels: [x, y, z]");
    await()
        .until(() -> client.run(job(model, "")).at("/predictions/0/label").asString().equals("y"));
    JsonNode ofOtherLabels = client.run(job(model, ""));
    assertThat(ofOtherLabels.at("/metrics/cache").asString()).isEqualTo("hit");
    assertThat(ofOtherLabels.at("/predictions/0/label").asString()).isEqualTo("y");
  }

  @Test
  void whatIsServedStays_whenABrokenFileTakesItsPlace_untilThatIsMended() {
    String model = added(IRIS_1);
    String digest = version(model, 1).path("digest").asString();

    models.write(models.file(model, 1), new byte[] {1, 2, 3});

    await().until(() -> states(model).equals(List.of("ready", "failed")));
    JsonNode failed = client.get("/v1/models/" + model).json().at("/versions/1");
    assertThat(failed.path("reason").asString())
        .isEqualTo(model + "/1/model.onnx: not an ONNX model, or cut off: it does not parse");
    assertThat(client.run(job(model, "")).path("model_digest").asString()).isEqualTo(digest);

    models.put(model, 1, IRIS_2);

    await().until(() -> states(model).equals(List.of("ready")));
    assertThat(version(model, 1).path("digest").asString()).isNotEqualTo(digest);
  }

  @Test
  void aBrokenFileOfANewModelTellsItsReason_andIsTriedAgain() {
    String model = name();
    models.write(models.file(model, 7), new byte[0]);

    await().until(() -> states(model).equals(List.of("failed")));
    assertThat(version(model, 7).path("reason").asString())
        .isEqualTo(model + "/7/model.onnx: the file is empty");

    models.put(model, 7, IRIS_1);

    awaitState(model, 7, "ready");
  }

  /** All that a file can put into the catalogue, none of which may keep the others out of it. */
  @Test
  void hostileTextsHarmNoOtherModel() {
    String model = name();
    models.describe(model, "description: \"a\\0b\"");
    models.put(model, 1, IRIS_1);
    String neighbour = added(IRIS_1);

    awaitState(model, 1, "failed");
    assertThat(version(model, 1).path("reason").asString())
        .isEqualTo(model + "/model.yaml: description holds U+0000 or half a surrogate pair");
    models.describe(model, "\"\\0\": 1");
    await()
        .until(() -> version(model, 1).path("reason").asString().contains("\ufffd: unknown key"));
    assertSucceeds(client.run(job(neighbour, "")), "1");
  }

  /** Longer than many looks, and never tried before it was whole. */
  @Test
  void aFileIsNotLoaded_whileItIsCopied() throws IOException {
    String model = name();
    byte[] whole = Models.bytes(IRIS_1);
    int half = whole.length / 2;
    models.write(models.file(model, 1), Arrays.copyOf(whole, half));
    List<String> reasons = new ArrayList<>();
    for (int at = half; at < whole.length; at++) {
      Files.write(models.file(model, 1), new byte[] {whole[at]}, StandardOpenOption.APPEND);
      if (at % 20 == 0) {
        reasons.add(version(model, 1).path("reason").asString(""));
      }
    }

    awaitState(model, 1, "ready");

    assertThat(reasons)
        .allMatch(reason -> reason.isEmpty() || reason.endsWith("of the last looks"));
    assertSucceeds(client.run(job(model, "")), "1");
  }

  @Test
  void noJobIsAccepted_forAVersionThatWasRemoved_untilItIsBack() {
    String model = added(IRIS_1);
    models.put(model, 2, IRIS_2);
    awaitState(model, 2, "ready");

    models.remove(model, 1);

    awaitState(model, 1, "retired");
    assertThat(version(model, 1).path("retired_at").asString()).isNotEmpty();
    Client.Answer refused = client.post(job(model, ", \"version\": \"1\""));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().path("type").asString()).isEqualTo("urn:mlp:problem:model-not-found");
    assertThat(refused.text()).contains("has no version '1'; it has [2]");
    await().until(() -> queues.consumers(model, 1) == 0);

    models.put(model, 1, IRIS_1);

    awaitState(model, 1, "ready");
    assertSucceeds(client.run(job(model, ", \"version\": \"1\"")), "1");
  }

  /** Moved between two folders, or copied over after a delete: nobody meant to remove it. */
  @Test
  void aVersionThatIsBackAtOnceIsNotRetired() {
    String model = added(IRIS_1);
    hold();
    UUID waiting = client.submit(job(model, ", \"version\": \"1\""));

    models.remove(model, 1);
    awaitState(model, 1, "waiting");
    models.put(model, 1, IRIS_1);
    awaitState(model, 1, "ready");

    letGo();
    assertSucceeds(client.awaitEnd(waiting), "1");
  }

  @Test
  void jobsOfARetiredVersionMove_unlessTheirClientNamedIt() {
    String model = added(IRIS_1);
    models.put(model, 2, IRIS_2);
    awaitState(model, 2, "ready");
    hold();
    UUID free = client.submit(job(model, ""));
    UUID pinned = client.submit(job(model, ", \"version\": \"2\""));

    models.remove(model, 2);

    JsonNode ended = client.awaitEnd(pinned);
    assertThat(ended.path("status").asString()).isEqualTo("failed");
    assertThat(ended.at("/error/kind").asString()).isEqualTo("model_unavailable");
    assertThat(ended.at("/error/detail").asString())
        .isEqualTo("Version 2 of %s was removed, and the job asked for that one".formatted(model));
    await().until(() -> client.job(free).path("version").asString().equals("1"));
    letGo();
    assertSucceeds(client.awaitEnd(free), "1");
  }

  @Test
  void aJobThatTheNextVersionDoesNotTakeEnds() {
    String model = added(DIABETES);
    models.put(model, 2, IRIS_2);
    awaitState(model, 2, "ready");
    hold();
    UUID job = client.submit(job(model, ""));

    models.remove(model, 2);

    assertThat(client.awaitEnd(job).at("/error/detail").asString())
        .isEqualTo(
            "Version 2 of %s was removed, and version 1 does not take the job as it is"
                .formatted(model));
  }

  @Test
  void aVersionWhoseWorkerWasStoppedIsNotRetired_andItsJobsWait() {
    String model = added(IRIS_1);
    worker.close();
    try {
      awaitState(model, 1, "waiting");
      UUID job = client.submit(job(model, ""));
      await()
          .during(Duration.ofSeconds(1))
          .until(() -> client.job(job).path("status").asString().equals("queued"));
      awaitState(model, 1, "waiting");
    } finally {
      worker = Application.worker(properties);
    }
    await().until(() -> database.count("live") == 0);
    assertThat(
            database.count("job where status <> 'succeeded' and model_version_id = " + id(model)))
        .isZero();
  }

  private int id(String model) {
    return database
        .sql()
        .sql("select id from model_version where model = :model")
        .param("model", model)
        .query(Integer.class)
        .single();
  }

  /** From now on the worker claims nothing, but follows its repository as ever. */
  private void hold() {
    worker.bean(BatchScheduler.class).stop();
  }

  private void letGo() {
    worker.bean(BatchScheduler.class).start();
  }

  @AfterEach
  void workOn() {
    if (!worker.bean(BatchScheduler.class).isRunning()) {
      letGo();
    }
  }

  private static String name() {
    return "bloom-" + NUMBER.incrementAndGet();
  }

  private String added(Path shipped) {
    String model = name();
    models.put(model, 1, shipped);
    awaitState(model, 1, "ready");
    return model;
  }

  private void awaitState(String model, int version, String state) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> version(model, version).path("state").asString("").equals(state));
  }

  /** What the api says of a version first: one that is served and broken comes twice. */
  private JsonNode version(String model, int version) {
    JsonNode answer = client.get("/v1/models/" + model + "?retired=true").json();
    for (JsonNode one : answer.path("versions")) {
      if (one.path("version").asString().equals(Integer.toString(version))) {
        return one;
      }
    }
    return answer.path("none");
  }

  private List<String> states(String model) {
    List<String> states = new ArrayList<>();
    for (JsonNode version :
        client.get("/v1/models/" + model + "?retired=true").json().path("versions")) {
      states.add(version.path("state").asString());
    }
    return states;
  }

  private static String job(String model, String more) {
    return """
    {"model": "%s", "inputs": {"features": [[5, 2, 3.5, 1]]}%s}\
    """
        .formatted(model, more);
  }

  private static void assertSucceeds(JsonNode job, String version) {
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("succeeded");
    assertThat(job.path("version").asString()).isEqualTo(version);
  }
}
