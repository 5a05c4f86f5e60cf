package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.status.Waiters;
import io.mlp.job.JobIds;
import java.time.Duration;
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
        assertThat(waiter.await(Duration.ZERO)).contains(canceled.bytes());
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

  @ParameterizedTest
  @ValueSource(strings = {"cancel"})
  void aJobThatIsNotThereIsNotFound(String action) {
    assertProblem(client.act(JobIds.next(), action), 404, "job-not-found");
  }

  private static void assertProblem(Client.Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
    assertThat(answer.json().path("type").asString()).isEqualTo("urn:mlp:problem:" + type);
  }
}
