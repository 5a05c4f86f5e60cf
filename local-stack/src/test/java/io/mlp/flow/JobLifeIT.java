package io.mlp.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.cache.FinishedJobCache;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.JsonNode;

/**
 * A job's life as its client sees it: accepted, run, read by id, and its result kept for a time.
 */
@ExtendWith(SharedStack.class)
class JobLifeIT {
  private final Stack stack;
  private final Client client;

  JobLifeIT(Stack stack) {
    this.stack = stack;
    this.client = stack.client();
  }

  @Test
  void isAcceptedAndEndsSucceeded() {
    Client.Answer accepted = client.post(HeldOut.DIGITS.anyJob());
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.header("Retry-After")).contains("1");
    assertThat(accepted.header("Content-Type")).contains("application/json");
    JsonNode queued = accepted.json();
    String place = "/v1/jobs/" + queued.path("id").asString();
    assertThat(accepted.header("Location")).contains(place);
    assertThat(queued.at("/links/self").asString()).isEqualTo(place);
    assertThat(queued.path("status").asString()).isEqualTo("queued");
    assertThat(queued.path("priority").asInt()).isEqualTo(4);
    assertThat(queued.path("attempts").asInt()).isZero();
    assertThat(queued.has("outputs") || queued.has("started_at") || queued.has("metrics"))
        .isFalse();

    UUID id = UUID.fromString(queued.path("id").asString());
    assertThat(id.version()).isEqualTo(7);
    JsonNode ended = client.awaitEnd(id);
    assertThat(ended.path("status").asString()).isEqualTo("succeeded");
    assertThat(ended.path("attempts").asInt()).isEqualTo(1);
    assertThat(ended.path("model_digest")).isEqualTo(queued.path("model_digest"));
    assertThat(ended.path("created_at")).isEqualTo(queued.path("created_at"));
    assertThat(instant(ended, "started_at"))
        .isBetween(instant(ended, "created_at"), instant(ended, "completed_at"));
    assertThat(instant(ended, "expires_at"))
        .isEqualTo(instant(ended, "completed_at").plus(Duration.ofDays(7)));
    assertThat(ended.at("/metrics/queue_ms").asDouble()).isPositive();
    assertThat(ended.at("/metrics/compute_ms").asDouble()).isPositive();
    assertThat(ended.at("/metrics/batch_rows").asInt()).isPositive();
  }

  private static Instant instant(JsonNode job, String name) {
    return Instant.parse(job.path(name).asString());
  }

  @Test
  void isHandedOutWhenItEnds_ifTheReaderWaits() {
    UUID id = client.submit(HeldOut.DIGITS.anyJob());
    Client.Answer answer = client.get("/v1/jobs/%s?wait=30".formatted(id));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("status").asString()).isEqualTo("succeeded");
    assertThat(answer.header("Retry-After")).isEmpty();
  }

  @Test
  void isHandedOutAsItIs_ifTheReadersTimePasses() {
    try (IdleModel idle = IdleModel.in(stack)) {
      UUID id = client.submit(idle.job(""));
      Instant start = Instant.now();
      Client.Answer answer = client.get("/v1/jobs/%s?wait=1".formatted(id));
      assertThat(Duration.between(start, Instant.now())).isGreaterThan(Duration.ofMillis(990));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().path("status").asString()).isEqualTo("queued");
      assertThat(answer.header("Retry-After")).contains("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"61", "-1", "long"})
  void isNotWaitedForBeyondAMinute(String wait) {
    UUID id = client.submit(HeldOut.DIGITS.anyJob());
    Client.Answer answer = client.get("/v1/jobs/%s?wait=%s".formatted(id, wait));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/parameter").asString()).isEqualTo("wait");
  }

  @ParameterizedTest
  @CsvSource({
    "wait=30,                wait=30",
    "'respond-async,wait=20', 'respond-async, wait=20'",
    "wait=999,               wait=60"
  })
  void isHandedOutByTheSubmission_ifItsSenderPrefersToWait(String prefer, String applied) {
    Client.Answer answer = client.post(HeldOut.DIGITS.anyJob(), "Prefer", prefer);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Preference-Applied")).contains(applied);
    assertThat(answer.header("Vary")).contains("Prefer");
    assertThat(answer.json().path("status").asString()).isEqualTo("succeeded");
    String place = answer.header("Location").orElse("");
    assertThat(client.get(place).bytes()).isEqualTo(answer.bytes());
  }

  @Test
  void isAcceptedAfterAll_ifTheSendersTimePasses() {
    try (IdleModel idle = IdleModel.in(stack)) {
      Client.Answer answer = client.post(idle.job(""), "Prefer", "wait=1");
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.header("Preference-Applied")).contains("wait=1");
      assertThat(answer.json().path("status").asString()).isEqualTo("queued");
    }
  }

  @Test
  void readsTheSameFromRedisAndFromPostgres_toTheByte() {
    List<String> bodies = new ArrayList<>();
    bodies.add(
        HeldOut.DIGITS.anyJob(
            ", \"metadata\": {\"zz\": \"Ünïcödé \\\"😀\\\"\", \"ä\": \"2\", \"a\": \"\"}"));
    bodies.add(HeldOut.IRIS.job(HeldOut.IRIS.rows()));
    bodies.add(HeldOut.DIABETES.job(HeldOut.DIABETES.rows()));
    bodies.add(HeldOut.DIGITS.job(HeldOut.DIGITS.rows().subList(0, 200)));
    for (String body : bodies) {
      UUID id = UUID.fromString(client.run(body).path("id").asString());
      await().until(() -> keptInRedis(id) != null);
      byte[] fromRedis = client.get("/v1/jobs/" + id).bytes();
      assertThat(fromRedis).isEqualTo(keptInRedis(id));
      emptyRedis();
      double misses = stack.api().counted("mlp.cache.requests", "result", "miss");
      byte[] fromPostgres = client.get("/v1/jobs/" + id).bytes();
      assertThat(stack.api().counted("mlp.cache.requests", "result", "miss")).isEqualTo(misses + 1);
      assertThat(fromPostgres).asString(UTF_8).isEqualTo(new String(fromRedis, UTF_8));
    }
  }

  private byte @Nullable [] keptInRedis(UUID id) {
    return stack.api().bean(FinishedJobCache.class).find(List.of(id)).get(id);
  }

  private void emptyRedis() {
    stack
        .api()
        .bean(StringRedisTemplate.class)
        .execute(
            redis -> {
              redis.serverCommands().flushAll();
              return true;
            },
            true);
  }

  @Test
  void keepsItsMetadata() {
    JsonNode job =
        client.run(
            HeldOut.DIGITS.anyJob(", \"metadata\": {\"batch\": \"7\", \"naïve\": \"a/b ~ \\\"\"}"));
    JsonNode metadata = client.job(UUID.fromString(job.path("id").asString())).path("metadata");
    assertThat(metadata.size()).isEqualTo(2);
    assertThat(metadata.path("batch").asString()).isEqualTo("7");
    assertThat(metadata.path("naïve").asString()).isEqualTo("a/b ~ \"");
  }

  @Test
  void runsOnTheHighestVersion_ifItNamesNone() {
    assertThat(client.run(HeldOut.IRIS.anyJob()).path("version").asString()).isEqualTo("2");
  }

  @Test
  void runsOnTheVersionItNames() {
    JsonNode job = client.run(HeldOut.IRIS.anyJob(", \"version\": \"1\""));
    assertThat(job.path("version").asString()).isEqualTo("1");
    assertThat(job.path("model_digest")).isEqualTo(HeldOut.IRIS.figures(1).path("sha256"));
  }

  @Test
  void getsOnlyTheOutputsItAskedFor_andItsPredictionsAllTheSame() {
    JsonNode job = client.run(HeldOut.DIGITS.anyJob(", \"outputs\": [\"label\"]"));
    assertThat(job.path("outputs").size()).isEqualTo(1);
    assertThat(job.at("/outputs/0/name").asString()).isEqualTo("label");
    assertThat(job.at("/predictions/0/score").asDouble()).isBetween(0.5, 1.0);
  }

  @Test
  void mayHaveMoreRowsThanARunTakes() {
    int most = client.get("/v1/models/digits").json().at("/versions/0/max_batch_rows").asInt();
    List<HeldOut.Row> rows = HeldOut.DIGITS.rows();
    assertThat(rows.size()).isGreaterThan(most);
    JsonNode job = client.run(HeldOut.DIGITS.job(rows));
    JsonNode labels = Client.output(job, "label");
    assertThat(labels.size()).isEqualTo(rows.size());
    assertThat(job.path("predictions").size()).isEqualTo(rows.size());
    assertThat(job.at("/metrics/batch_rows").asInt()).isEqualTo(most);
    int correct = 0;
    for (int i = 0; i < rows.size(); i++) {
      correct += labels.get(i).asInt() == rows.get(i).truth() ? 1 : 0;
    }
    assertThat(correct).isEqualTo(HeldOut.DIGITS.figures(1).path("correct").asInt());
  }
}
