package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A key does no more than it may, and is told how much that is. */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RateLimitIT {
  private static final int BURST = 60;

  private final Client client;
  private final TeamKeys keys;
  private final IdleModel idle;

  RateLimitIT(Stack stack) {
    this.client = stack.client();
    this.keys = new TeamKeys(client);
    this.idle = IdleModel.in(stack);
  }

  @AfterAll
  void removeJobs() {
    idle.close();
  }

  private TeamKeys.TeamKey key(String limits) {
    return keys.make("{\"owner\":\"rates\",\"role\":\"submit\",%s}".formatted(limits));
  }

  private List<Client.Answer> burst(TeamKeys.TeamKey key) {
    List<Client.Answer> answers = new ArrayList<>();
    for (int i = 0; i < BURST; i++) {
      answers.add(client.post(idle.job(""), key.header()));
    }
    return answers;
  }

  @Test
  void isRefusedBeyondItsRate_andToldWhenToComeAgain() {
    TeamKeys.TeamKey key = key("\"jobs_per_second\":1");

    List<Client.Answer> answers = burst(key);

    List<Client.Answer> refused =
        answers.stream().filter(answer -> answer.status() == 429).toList();
    assertThat(refused).hasSizeGreaterThan(BURST / 3);
    assertThat(refused)
        .allSatisfy(answer -> {
          assertThat(answer.header("Problem-Type")).contains("urn:mlp:problem:quota-exceeded");
          assertThat(answer.header("Retry-After")).contains("1");
          assertThat(answer.header("RateLimit")).contains("\"jobs\";r=0;t=1");
        });
    assertThat(answers)
        .allSatisfy(
            answer -> assertThat(answer.header("RateLimit-Policy")).contains("\"jobs\";q=1;w=1"));
    assertThat(client.get("/v1/queues", key.header()).status()).isEqualTo(200);
    await().until(() -> client.post(idle.job(""), key.header()).status() == 202);
  }

  @Test
  void readsAtARateOfItsOwn() {
    TeamKeys.TeamKey key = key("\"reads_per_second\":1");
    assertThat(burst(key)).allMatch(answer -> answer.status() == 202);
    List<Integer> reads = new ArrayList<>();
    for (int i = 0; i < BURST; i++) {
      reads.add(client.get("/v1/queues", key.header()).status());
    }
    assertThat(reads).contains(200, 429);
  }

  @Test
  void hasNoHeadersWithoutALimit() {
    TeamKeys.TeamKey key = key("\"description\":\"no limit\"");
    assertThat(client.get("/v1/queues", key.header()).header("RateLimit")).isEmpty();
    assertThat(client.get("/v1/keys/self", key.header()).json().path("limits")).isEmpty();
  }

  @Test
  void tellsItsLimitsAndWhatIsLeft() {
    TeamKeys.TeamKey key =
        keys.make(
            "{\"owner\":\"told\",\"role\":\"submit\",\"jobs_per_second\":100,\"max_in_flight\":5}");
    client.post(idle.job(""), key.header());
    JsonNode limits = client.get("/v1/keys/self", key.header()).json().path("limits");
    assertThat(limits.at("/jobs_per_second/limit").asInt()).isEqualTo(100);
    assertThat(limits.at("/jobs_per_second/remaining").asInt()).isBetween(1, 99);
    assertThat(limits.has("reads_per_second")).isFalse();
    assertThat(limits.at("/max_in_flight/limit").asInt()).isEqualTo(5);
    assertThat(limits.at("/max_in_flight/remaining").asInt()).isEqualTo(4);
  }

  @Test
  void holdsItsOwnerToSoManyUnfinishedJobs() {
    TeamKeys.TeamKey key = keys.make("{\"owner\":\"few\",\"role\":\"submit\",\"max_in_flight\":3}");
    List<Integer> statuses = burst(key).stream().map(Client.Answer::status).toList();
    assertThat(statuses.subList(0, 3)).containsOnly(202);
    assertThat(statuses.subList(3, BURST)).containsOnly(429);
  }
}
