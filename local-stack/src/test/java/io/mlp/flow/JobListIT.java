package io.mlp.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Lists of jobs: filtered, newest first, in pages that hold each job once. */
@ExtendWith(SharedStack.class)
class JobListIT {
  private final Client client;
  private final IdleModel idle;

  JobListIT(Stack stack) {
    this.client = stack.client();
    this.idle = IdleModel.in(stack);
  }

  @AfterEach
  void removeJobs() {
    idle.close();
  }

  @Test
  void holdsTheJobsOfAModel_newestFirst() {
    List<UUID> ids = submit(5);
    assertThat(list("")).containsExactlyElementsOf(ids.reversed());
    assertThat(list("&version=1")).hasSize(5);
    assertThat(list("&version=2")).isEmpty();
  }

  @Test
  void holdsTheJobsOfAStatus() {
    submit(2);
    assertThat(list("&status=queued")).hasSize(2);
    assertThat(list("&status=running")).isEmpty();
    assertThat(list("&status=succeeded")).isEmpty();
  }

  @Test
  void showsFinishedJobsWithoutTheirOutputs() {
    JsonNode run = client.run(HeldOut.DIGITS.anyJob(", \"metadata\": {\"k\": \"v\"}"));
    JsonNode page = client.get("/v1/jobs?model=digits&status=succeeded&limit=1").json();
    JsonNode listed = page.at("/jobs/0");
    assertThat(listed.path("id")).isEqualTo(run.path("id"));
    assertThat(listed.path("metrics")).isEqualTo(run.path("metrics"));
    assertThat(listed.path("metadata")).isEqualTo(run.path("metadata"));
    assertThat(listed.has("outputs") || listed.has("predictions")).isFalse();
  }

  @Test
  void holdsTheJobsOfATime_itsBeginIncludedAndItsEndNot() {
    List<UUID> ids = submit(6);
    String from = "&from=" + encoded(made(ids.get(1)));
    String to = "&to=" + encoded(made(ids.get(4)));
    assertThat(list(from + to))
        .containsExactlyElementsOf(
            ids.reversed().stream()
                .filter(id -> !made(id).isBefore(made(ids.get(1))))
                .filter(id -> made(id).isBefore(made(ids.get(4))))
                .toList());
    assertThat(list("&from=" + encoded(Instant.now().plusSeconds(60)))).isEmpty();
  }

  /** A job's id holds the milliseconds of its birth. */
  private static Instant made(UUID id) {
    return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
  }

  private static String encoded(Instant instant) {
    return URLEncoder.encode(instant.toString(), UTF_8);
  }

  @Test
  void pagesHoldEachJobOnce_whileNewOnesArrive() {
    List<UUID> ids = submit(30);
    List<UUID> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = page("&limit=7" + cursor);
      assertThat(page.path("jobs").size()).isLessThanOrEqualTo(7);
      seen.addAll(ids(page));
      submit(2);
      cursor = page.has("next") ? "&cursor=" + page.path("next").asString() : "";
    } while (!cursor.isEmpty());
    assertThat(seen).containsExactlyElementsOf(ids.reversed());
  }

  @Test
  void anEndedListHasNoFurtherPage() {
    submit(3);
    assertThat(page("&limit=3").has("next")).isTrue();
    String next = page("&limit=3").path("next").asString();
    assertThat(page("&limit=3&cursor=" + next).path("jobs").size()).isZero();
    assertThat(page("&limit=3&cursor=" + next).has("next")).isFalse();
    assertThat(page("&limit=4").has("next")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "limit, 0",
    "limit, 101",
    "limit, few",
    "status, done",
    "version, one",
    "from, yesterday",
    "to, 2026-01-31",
    "cursor, next"
  })
  void aParameterThatMakesNoSenseIsRefused(String name, String value) {
    Client.Answer answer = client.get("/v1/jobs?%s=%s".formatted(name, value));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.json().at("/errors/0/parameter").asString()).isEqualTo(name);
  }

  private List<UUID> submit(int jobs) {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      ids.add(client.submit(idle.job("")));
    }
    return ids;
  }

  private List<UUID> list(String query) {
    return ids(page(query));
  }

  private JsonNode page(String query) {
    return client.get("/v1/jobs?model=" + idle.name() + query).json();
  }

  private static List<UUID> ids(JsonNode page) {
    List<UUID> ids = new ArrayList<>();
    page.path("jobs").forEach(job -> ids.add(UUID.fromString(job.path("id").asString())));
    return ids;
  }
}
