package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.model.ModelCatalogue;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A submission that its client has named makes one job, however often it is sent. */
@ExtendWith(SharedStack.class)
class IdempotencyIT {
  private final Stack stack;
  private final Client client;
  private final String key = UUID.randomUUID().toString();

  IdempotencyIT(Stack stack) {
    this.stack = stack;
    this.client = stack.client();
  }

  private Client.Answer post(String body, String... headers) {
    String[] all = new String[headers.length + 2];
    all[0] = "Idempotency-Key";
    all[1] = "\"" + key + "\"";
    System.arraycopy(headers, 0, all, 2, headers.length);
    return client.post(body, all);
  }

  private static String id(Client.Answer answer) {
    return answer.json().path("id").asString();
  }

  private long keys() {
    return stack.database().count("idempotency_key where key = ?", key);
  }

  @Test
  void fiftyRequestsAtTheSameTimeMakeOneJob() {
    try (IdleModel idle = IdleModel.in(stack)) {
      List<Client.Answer> answers =
          Client.sideBySide(50, Collections.nCopies(50, idle.job("")), this::post);
      assertThat(answers).allMatch(answer -> answer.status() == 202);
      Set<String> ids = answers.stream().map(IdempotencyIT::id).collect(Collectors.toSet());
      assertThat(ids).hasSize(1);
      assertThat(answers)
          .filteredOn(answer -> answer.header("Idempotency-Replayed").isEmpty())
          .hasSize(1);
      for (String table : List.of("live", "job")) {
        assertThat(stack.database().count(table + " where model_version_id = ?", idle.id()))
            .isEqualTo(1);
      }
      assertThat(keys()).isEqualTo(1);
    }
  }

  @Test
  void theSecondRequestGetsTheJobAsItIsByThen() {
    Client.Answer first = post(HeldOut.DIGITS.anyJob());
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.header("Idempotency-Replayed")).isEmpty();
    JsonNode ended = client.awaitEnd(UUID.fromString(id(first)));
    Client.Answer second = post(HeldOut.DIGITS.anyJob());
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.header("Idempotency-Replayed")).contains("true");
    assertThat(second.header("Location")).isEqualTo(first.header("Location"));
    assertThat(second.json()).isEqualTo(ended);
  }

  @Test
  void theSecondRequestWaitsForTheEnd_ifItPrefersTo() {
    String id = id(post(HeldOut.DIGITS.anyJob()));
    Client.Answer second = post(HeldOut.DIGITS.anyJob(), "Prefer", "wait=30");
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.header("Preference-Applied")).contains("wait=30");
    assertThat(id(second)).isEqualTo(id);
    assertThat(second.json().path("status").asString()).isEqualTo("succeeded");
  }

  @Test
  void theSecondRequestIsTold_ifTheJobHasNotEnded() {
    try (IdleModel idle = IdleModel.in(stack)) {
      String id = id(post(idle.job("")));
      Client.Answer second = post(idle.job(""), "Prefer", "wait=1");
      assertThat(second.status()).isEqualTo(202);
      assertThat(id(second)).isEqualTo(id);
      assertThat(second.header("Idempotency-Replayed")).contains("true");
    }
  }

  @Test
  void quotesMakeNoDifference() {
    String id = id(post(HeldOut.DIGITS.anyJob()));
    assertThat(id(client.post(HeldOut.DIGITS.anyJob(), "Idempotency-Key", key))).isEqualTo(id);
  }

  @Test
  void anotherBodyUnderTheKeyIsRefused() {
    String id = id(post(HeldOut.DIGITS.anyJob()));
    Client.Answer other = post(HeldOut.DIGITS.anyJob(", \"priority\": 5"));
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.json().path("type").asString())
        .isEqualTo("urn:mlp:problem:idempotency-key-reused");
    assertThat(other.json().path("detail").asString()).contains(id);
    assertThat(other.json().at("/errors/0/parameter").asString()).isEqualTo("Idempotency-Key");
  }

  @Test
  void aRequestThatIsRefusedUsesNoKeyUp() {
    assertThat(post("{\"model\": \"nope\", \"inputs\": {}}").status()).isEqualTo(422);
    assertThat(post("{").status()).isEqualTo(400);
    assertThat(keys()).isZero();
    assertThat(post(HeldOut.DIGITS.anyJob()).status()).isEqualTo(202);
  }

  @Test
  void aKeyThatIsNoneIsRefused() {
    Client.Answer answer = client.post(HeldOut.DIGITS.anyJob(), "Idempotency-Key", "\"");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/parameter").asString()).isEqualTo("Idempotency-Key");
  }

  /** What was accepted once is not held against a catalogue that has changed. */
  @Test
  void theSecondRequestNeedsNoModelAnyMore() {
    try (IdleModel idle = IdleModel.in(stack)) {
      String id = id(post(idle.job("")));
      rename(idle, idle.name() + "-gone");
      assertThat(client.post(idle.job("")).status()).isEqualTo(422);
      Client.Answer second = post(idle.job(""));
      assertThat(second.status()).isEqualTo(202);
      assertThat(id(second)).isEqualTo(id);
    }
  }

  private void rename(IdleModel idle, String name) {
    stack
        .database()
        .sql()
        .sql("update model_version set model = ? where id = ?")
        .params(name, idle.id())
        .update();
    stack.api().bean(ModelCatalogue.class).refresh();
  }

  @Test
  void aJobThatHasBeenDeletedIsNotSubmittedAnew() {
    IdleModel idle = IdleModel.in(stack);
    post(idle.job(""));
    idle.close();
    Client.Answer second = post(idle.job(""));
    assertThat(second.status()).isEqualTo(410);
    assertThat(second.json().path("type").asString()).isEqualTo("urn:mlp:problem:job-gone");
  }
}
