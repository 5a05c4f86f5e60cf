package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.api.status.JobEnd;
import io.mlp.api.status.Waiters;
import io.mlp.cache.FinishedJobCache;
import io.mlp.job.JobIds;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What a client does to its job after it was accepted, seen over HTTP. */
@ExtendWith(SharedStack.class)
class JobControlIT {
  private final Stack stack;
  private final Client client;

  JobControlIT(Stack stack) {
    this.stack = stack;
    this.client = stack.client();
  }

  @Test
  void aJobThatNobodyServesIsCanceled_aSecondTimeTheSame() {
    try (IdleModel idle = IdleModel.in(stack)) {
      UUID id = client.submit(idle.job(""));
      Client.Answer canceled = client.act(id, "cancel");
      assertThat(canceled.status()).as(canceled.text()).isEqualTo(200);
      JsonNode job = canceled.json();
      assertThat(job.path("id").asString()).isEqualTo(id.toString());
      assertThat(job.path("status").asString()).isEqualTo("canceled");
      assertThat(job.has("completed_at") && job.has("expires_at")).isTrue();
      assertThat(client.job(id)).isEqualTo(job);
      Client.Answer again = client.act(id, "cancel");
      assertThat(again.status()).isEqualTo(200);
      assertThat(again.json()).isEqualTo(job);
      assertProblem(client.get("/v1/jobs/%s/result".formatted(id)), 409, "job-without-result");
    }
  }

  /** Not only when all that is waited for is looked up, within a second. */
  @Test
  void whoWaitsForTheJobHasItBeforeWhoCanceledIt() {
    try (IdleModel idle = IdleModel.in(stack)) {
      UUID id = client.submit(idle.job(""));
      try (Waiters.Waiter waiter = stack.api().bean(Waiters.class).register(id)) {
        Client.Answer canceled = client.act(id, "cancel");
        assertThat(waiter.await(Duration.ZERO))
            .hasValueSatisfying(end ->
                assertThat(end)
                    .isInstanceOfSatisfying(
                        JobEnd.Told.class,
                        told -> assertThat(told.json()).isEqualTo(canceled.bytes())));
      }
    }
  }

  @Test
  void aJobThatHasSucceededIsNotCanceled() {
    JsonNode job = client.run(HeldOut.DIGITS.anyJob());
    UUID id = UUID.fromString(job.path("id").asString());
    assertProblem(client.act(id, "cancel"), 409, "job-finished");
    assertThat(client.job(id)).isEqualTo(job);
  }

  /** From its outcome to its ETag nothing of the failure is left when it succeeds. */
  @Test
  void aFailedJobIsRetried_andSucceedsOnceItCan() {
    UUID id = jobThatItsModelRefuses();
    String place = "/v1/jobs/" + id;
    JsonNode failed = client.get(place + "?wait=30").json();
    assertThat(failed.path("status").asString()).isEqualTo("failed");
    assertThat(failed.at("/error/kind").asString()).isEqualTo("invalid_input");
    String etag = client.get(place).header("ETag").orElseThrow();
    assertThat(client.get(place, "If-None-Match", etag).status()).isEqualTo(304);

    giveInputs(id);
    Client.Answer retried = client.act(id, "retry");
    assertThat(retried.status()).as(retried.text()).isEqualTo(202);
    assertThat(retried.header("Location")).contains(place);
    assertThat(retried.header("Retry-After")).contains("1");
    assertThat(retried.json().has("error")).isFalse();

    Client.Answer ended = client.get(place + "?wait=30", "If-None-Match", etag);
    assertThat(ended.status()).isEqualTo(200);
    assertThat(ended.json().path("status").asString()).isEqualTo("succeeded");
    assertThat(ended.json().path("attempts").asInt()).isEqualTo(1);
    assertThat(Client.output(ended.json(), "label")).isNotEmpty();
    assertProblem(client.act(id, "retry"), 409, "job-finished");
  }

  /** A job of the digits model without inputs, which no client could submit. */
  private UUID jobThatItsModelRefuses() {
    int digits =
        stack
            .database()
            .sql()
            .sql("select id from model_version where model = 'digits'")
            .query(Integer.class)
            .single();
    return new JobTable(stack.database()).add(JobTable.NewRow.of(digits));
  }

  private void giveInputs(UUID id) {
    UUID good = UUID.fromString(client.run(HeldOut.DIGITS.anyJob()).path("id").asString());
    stack
        .database()
        .sql()
        .sql("update job set inputs = (select inputs from job where id = ?) where id = ?")
        .params(good, id)
        .update();
  }

  @Test
  void aJobThatHasNotEndedIsNotRetried() {
    try (IdleModel idle = IdleModel.in(stack)) {
      UUID id = client.submit(idle.job(""));
      assertProblem(client.act(id, "retry"), 409, "job-not-finished");
    }
  }

  @Test
  void aJobIsRetriedOnceForAllThatAskAtTheSameTime() {
    try (IdleModel idle = IdleModel.in(stack)) {
      UUID id = client.submit(idle.job(""));
      client.act(id, "cancel");
      List<Client.Answer> answers =
          Client.sideBySide(8, Collections.nCopies(8, id), job -> client.act(job, "retry"));
      assertThat(answers).filteredOn(answer -> answer.status() == 202).hasSize(1);
      answers.stream()
          .filter(answer -> answer.status() != 202)
          .forEach(answer -> assertProblem(answer, 409, "job-not-finished"));
    }
  }

  @Test
  void aJobThatIsKeptNoLongerIsNotRetried() {
    try (IdleModel idle = IdleModel.in(stack)) {
      UUID id = client.submit(idle.job(""));
      client.act(id, "cancel");
      stack
          .database()
          .sql()
          .sql("update job set expires_at = now() where id = ?")
          .param(id)
          .update();
      assertProblem(client.act(id, "retry"), 410, "job-gone");
    }
  }

  /** Redis keeps what never changes again. */
  @Test
  void onlyASuccessIsKeptInRedis() {
    UUID refused = jobThatItsModelRefuses();
    assertThat(client.awaitEnd(refused).path("status").asString()).isEqualTo("failed");
    UUID good = UUID.fromString(client.run(HeldOut.DIGITS.anyJob()).path("id").asString());
    await().until(() -> keptInRedis(good));
    assertThat(keptInRedis(refused)).isFalse();
  }

  private boolean keptInRedis(UUID id) {
    return !stack.api().bean(FinishedJobCache.class).find(List.of(id)).isEmpty();
  }

  @Test
  void aDeletedJobIsNowhere() {
    UUID id = UUID.fromString(client.run(HeldOut.DIGITS.anyJob()).path("id").asString());
    await().until(() -> keptInRedis(id));

    Client.Answer deleted = client.delete(id);

    assertThat(deleted.status()).as(deleted.text()).isEqualTo(204);
    assertThat(deleted.bytes()).isEmpty();
    assertProblem(client.get("/v1/jobs/" + id), 404, "job-not-found");
    assertProblem(client.get("/v1/jobs/%s/result".formatted(id)), 404, "job-not-found");
    assertProblem(client.act(id, "retry"), 404, "job-not-found");
    assertProblem(client.delete(id), 404, "job-not-found");
    assertThat(client.get("/v1/jobs?limit=100").text()).doesNotContain(id.toString());
    assertThat(stack.database().count("job where id = ?", id)).isZero();
  }

  @Test
  void aDeletedJobLeavesNoAttempts() {
    UUID id = jobThatItsModelRefuses();
    client.awaitEnd(id);
    assertThat(stack.database().count("attempt where job_id = ?", id)).isPositive();

    assertThat(client.delete(id).status()).isEqualTo(204);
    assertThat(stack.database().count("attempt where job_id = ?", id)).isZero();
  }

  @Test
  void aJobThatHasNotEndedIsNotDeleted() {
    try (IdleModel idle = IdleModel.in(stack)) {
      UUID id = client.submit(idle.job(""));
      assertProblem(client.delete(id), 409, "job-not-finished");
      assertThat(client.job(id).path("status").asString()).isEqualTo("queued");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cancel", "retry"})
  void aJobThatIsNotThereIsNotFound(String action) {
    assertProblem(client.act(JobIds.next(), action), 404, "job-not-found");
  }

  private static void assertProblem(Client.Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.json().path("type").asString()).isEqualTo("urn:mlp:problem:" + type);
  }
}
