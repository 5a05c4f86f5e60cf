package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Queues are counted, shown and bounded. */
@ExtendWith(SharedStack.class)
class QueueIT {
  /** The limit of the shared stack, which no other test comes near. */
  static final int MAX_QUEUED = 20_000;

  private final Stack stack;
  private final Client client;

  QueueIT(Stack stack) {
    this.stack = stack;
    this.client = stack.client();
  }

  private JsonNode queue(IdleModel model) {
    for (JsonNode queue : client.get("/v1/queues").json().path("queues")) {
      if (queue.path("model").asString().equals(model.name())) {
        return queue;
      }
    }
    throw new AssertionError("no queue of " + model.name());
  }

  /** Jobs that only wait, as if other replicas had accepted them. */
  private void add(IdleModel model, int jobs) {
    stack
        .database()
        .sql()
        .sql(
            """
            insert into live (job_id, model_version_id, priority, owner, max_attempts, ready_at)
            select gen_random_uuid(), ?, 4, 'owner', 3, now()
            from generate_series(1, ?) i
            """)
        .params(model.id(), jobs)
        .update();
  }

  private void awaitQueued(IdleModel model, int jobs) {
    await().until(() -> queue(model).path("queued").asInt() == jobs);
  }

  @Test
  void whatWaitsIsShown() {
    try (IdleModel idle = IdleModel.in(stack)) {
      assertThat(queue(idle).path("queued").asInt()).isZero();
      assertThat(queue(idle).has("oldest_queued_seconds")).isFalse();
      client.submit(idle.job(""));
      client.submit(idle.job(""));
      awaitQueued(idle, 2);
      JsonNode queue = queue(idle);
      assertThat(queue.path("running").asInt()).isZero();
      assertThat(queue.path("oldest_queued_seconds").asDouble()).isBetween(0.0, 30.0);
      assertThat(queue.path("max_queued").asInt()).isEqualTo(MAX_QUEUED);
      assertThat(queue.path("workers").asInt()).isZero();
    }
  }

  @Test
  void aFullQueueTakesNoMore_neitherNewJobsNorRetriedOnes() {
    try (IdleModel idle = IdleModel.in(stack);
        IdleModel other = IdleModel.in(stack)) {
      UUID canceled = client.submit(idle.job(""));
      client.act(canceled, "cancel");
      add(idle, MAX_QUEUED - 3);
      awaitQueued(idle, MAX_QUEUED - 3);
      for (int i = 0; i < 3; i++) {
        client.submit(idle.job(""));
      }
      assertFull(client.post(idle.job("")));
      assertFull(client.act(canceled, "retry"));
      assertThat(client.job(canceled).path("status").asString()).isEqualTo("canceled");
      assertThat(stack.database().count("live where model_version_id = ?", idle.id()))
          .isEqualTo(MAX_QUEUED);
      client.submit(other.job(""));
    }
  }

  private static void assertFull(Client.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(503);
    assertThat(answer.json().path("type").asString()).isEqualTo("urn:mlp:problem:queue-full");
    assertThat(Integer.parseInt(answer.header("Retry-After").orElse(""))).isPositive();
  }

  /** What was sent before the queue was full is not refused now: nothing waits anew. */
  @Test
  void aFullQueueStillAnswersForAKey() {
    try (IdleModel idle = IdleModel.in(stack)) {
      String key = UUID.randomUUID().toString();
      String id = client.post(idle.job(""), "Idempotency-Key", key).json().path("id").asString();
      add(idle, MAX_QUEUED);
      awaitQueued(idle, MAX_QUEUED + 1);
      Client.Answer again = client.post(idle.job(""), "Idempotency-Key", key);
      assertThat(again.status()).isEqualTo(202);
      assertThat(again.json().path("id").asString()).isEqualTo(id);
    }
  }
}
