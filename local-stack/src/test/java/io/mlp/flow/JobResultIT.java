package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.JobIds;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The result alone, for as long as it is kept; and what says that a job has not changed. */
@ExtendWith(SharedStack.class)
class JobResultIT {
  private final Stack stack;
  private final Client client;

  JobResultIT(Stack stack) {
    this.stack = stack;
    this.client = stack.client();
  }

  @Test
  void holdsTheOutputsInTheFormOfTheProtocol() {
    JsonNode job = client.run(HeldOut.DIGITS.anyJob());
    String place = job.at("/links/result").asString();
    assertThat(place).isEqualTo("/v1/jobs/%s/result".formatted(job.path("id").asString()));
    Client.Answer result = client.get(place);
    assertThat(result.status()).isEqualTo(200);
    assertThat(result.json().path("model_name").asString()).isEqualTo("digits");
    assertThat(result.json().path("model_version").asString()).isEqualTo("1");
    assertThat(result.json().path("id")).isEqualTo(job.path("id"));
    assertThat(result.json().path("outputs")).isEqualTo(job.path("outputs"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a57f9324-0000-4000-8000-000000000000", "1-1-1-1-1", "none"})
  void isNotFound_ifThereIsNoSuchJob(String id) {
    assertAbsent(id, 404, "job-not-found");
  }

  @Test
  void isNotFound_ifNoSuchJobWasEverMade() {
    assertAbsent(JobIds.next().toString(), 404, "job-not-found");
    assertAbsent(madeBefore(Duration.ofDays(6)), 404, "job-not-found");
  }

  /** Such jobs are deleted, so nobody can know. */
  @Test
  void isGone_ifTheJobWouldBeOlderThanJobsAreKept() {
    assertAbsent(madeBefore(Duration.ofDays(8)), 410, "job-gone");
  }

  private static String madeBefore(Duration age) {
    return JobIds.leastAt(Instant.now().minus(age)).toString();
  }

  private void assertAbsent(String id, int status, String type) {
    assertProblem(client.get("/v1/jobs/%s/result".formatted(id)), status, type);
    assertProblem(client.get("/v1/jobs/" + id), status, type);
    assertProblem(client.get("/v1/jobs/%s?wait=30".formatted(id)), status, type);
  }

  @Test
  void isInConflict_ifTheJobHasNotFinished() {
    try (IdleModel idle = IdleModel.in(stack)) {
      UUID id = client.submit(idle.job(""));
      Client.Answer answer = client.get("/v1/jobs/%s/result".formatted(id));
      assertProblem(answer, 409, "job-not-finished");
      assertThat(answer.header("Retry-After")).contains("1");
    }
  }

  @Test
  void isInConflict_ifTheJobsDeadlinePassedWhileNobodyServedIt() {
    try (IdleModel idle = IdleModel.in(stack)) {
      UUID id = client.submit(idle.job(", \"deadline\": \"PT0.2S\""));
      JsonNode job = client.get("/v1/jobs/%s?wait=30".formatted(id)).json();
      assertThat(job.path("status").asString()).isEqualTo("expired");
      assertThat(job.has("completed_at") && job.has("expires_at")).isTrue();
      assertProblem(client.get("/v1/jobs/%s/result".formatted(id)), 409, "job-without-result");
    }
  }

  @Test
  void isGone_onceItsTimeIsOver() {
    UUID id = UUID.fromString(client.run(HeldOut.DIGITS.anyJob()).path("id").asString());
    String place = "/v1/jobs/%s/result".formatted(id);
    assertThat(client.get(place).status()).isEqualTo(200);
    stack
        .database()
        .sql()
        .sql("update job set expires_at = now() - interval '1 second' where id = :id")
        .param("id", id)
        .update();
    assertProblem(client.get(place), 410, "result-expired");
  }

  private static void assertProblem(Client.Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.json().path("type").asString()).isEqualTo("urn:mlp:problem:" + type);
  }

  @Test
  void anUnchangedJobIsNotSentAgain() {
    String place = "/v1/jobs/" + client.run(HeldOut.DIGITS.anyJob()).path("id").asString();
    String etag = client.get(place).header("ETag").orElseThrow();
    Client.Answer again = client.get(place, "If-None-Match", etag);
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.bytes()).isEmpty();
    assertThat(again.header("ETag")).contains(etag);
    assertThat(client.get(place, "If-None-Match", "\"other\"").status()).isEqualTo(200);
  }

  @Test
  void aJobThatHasMovedOnIsSent() {
    try (IdleModel idle = IdleModel.in(stack)) {
      String place = "/v1/jobs/" + client.submit(idle.job(", \"deadline\": \"PT1S\""));
      String etag = client.get(place).header("ETag").orElseThrow();
      assertThat(client.get(place, "If-None-Match", etag).status()).isEqualTo(304);
      Client.Answer ended = client.get(place + "?wait=30", "If-None-Match", etag);
      assertThat(ended.status()).isEqualTo(200);
      assertThat(ended.json().path("status").asString()).isEqualTo("expired");
      assertThat(ended.header("ETag")).isNotEqualTo(Optional.of(etag));
    }
  }
}
