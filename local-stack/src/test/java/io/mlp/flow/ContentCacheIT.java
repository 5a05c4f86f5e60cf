package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.worker.schedule.BatchScheduler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What was answered before is answered at once; what differs in a single bit is not the same. */
@ExtendWith(SharedStack.class)
class ContentCacheIT {
  private static final Random RANDOM = new Random();

  private final Stack stack;
  private final Client client;
  private final BatchScheduler scheduler;

  ContentCacheIT(Stack stack) {
    this.stack = stack;
    this.client = stack.client();
    this.scheduler = stack.worker().bean(BatchScheduler.class);
  }

  @AfterEach
  void workOn() {
    if (!scheduler.isRunning()) {
      scheduler.start();
    }
  }

  /** A flower that no other job has asked about. */
  private static String flower() {
    return "[5, 2, 3.5, %s]".formatted(RANDOM.nextFloat());
  }

  private static String job(String flower, String more) {
    return """
    {"model": "iris", "inputs": {"features": [%s]}%s}\
    """
        .formatted(flower, more);
  }

  private static String use(String flower) {
    return job(flower, ", \"cache\": \"use\"");
  }

  private static String cache(JsonNode job) {
    return job.at("/metrics/cache").asString("none");
  }

  private static void assertSameAnswer(JsonNode one, JsonNode other) {
    assertThat(one.path("outputs")).isEqualTo(other.path("outputs")).isNotEmpty();
    assertThat(one.path("predictions")).isEqualTo(other.path("predictions")).isNotEmpty();
    assertThat(one.path("model_digest")).isEqualTo(other.path("model_digest"));
  }

  @Test
  void anAnswerThatIsThereIsGivenAtOnce_asThatOfAJobLikeAnyOther() {
    String flower = flower();
    JsonNode first = client.run(use(flower));
    scheduler.stop(); // no worker has a part in the second

    Client.Answer answer = client.post(use(flower));

    assertThat(answer.status()).isEqualTo(200);
    JsonNode second = answer.json();
    assertThat(cache(first)).isEqualTo("miss");
    assertThat(cache(second)).isEqualTo("hit");
    assertThat(second.path("id")).isNotEqualTo(first.path("id"));
    assertSameAnswer(second, first);
    UUID id = UUID.fromString(second.path("id").asString());
    assertThat(client.job(id)).isEqualTo(second);
    assertThat(client.get("/v1/jobs/" + id + "/result").status()).isEqualTo(200);
    assertThat(client.act(id, "cancel").status()).isEqualTo(409);
    assertThat(stack.database().count("live where job_id = ?", id)).isZero();
    assertThat(
            stack
                .database()
                .count("job where id = ? and cache_policy = 'use' and cache_result = 'hit'", id))
        .isEqualTo(1);
  }

  @Test
  void anotherQuestionIsComputed_howeverLittleItDiffers() {
    float width = RANDOM.nextFloat();
    List<String> flowers = new ArrayList<>();
    for (float last : new float[] {width, Math.nextUp(width), Math.nextDown(width), -width}) {
      flowers.add("[5, 2, 3.5, %s]".formatted(last));
    }
    for (String flower : flowers) {
      assertThat(cache(client.run(use(flower)))).isEqualTo("miss");
    }
    String label = ", \"cache\": \"use\", \"outputs\": [\"label\"]";
    JsonNode labelOnly = client.run(job(flowers.getFirst(), label));
    assertThat(cache(labelOnly)).isEqualTo("miss");
    assertThat(labelOnly.path("outputs")).hasSize(1);
    String older = ", \"cache\": \"use\", \"version\": \"1\"";
    assertThat(cache(client.run(job(flowers.getFirst(), older)))).isEqualTo("miss");
  }

  @Test
  void refreshTakesNoAnswerButLeavesOne_bypassDoesNeither() {
    String flower = flower();
    assertThat(cache(client.run(job(flower, "")))).isEqualTo("none");
    assertThat(cache(client.run(job(flower, ", \"cache\": \"bypass\"")))).isEqualTo("none");
    assertThat(cache(client.run(job(flower, ", \"cache\": \"refresh\"")))).isEqualTo("miss");
    assertThat(cache(client.run(use(flower)))).isEqualTo("hit");
    assertThat(cache(client.run(job(flower, ", \"cache\": \"refresh\"")))).isEqualTo("miss");
  }

  /** Those in the same batch share a run, those behind it find its answer in the cache. */
  @Test
  void equalJobsThatWaitAreComputedOnce() {
    String flower = flower();
    String other = flower();
    scheduler.stop();
    List<UUID> equal = submit(Collections.nCopies(150, use(flower)));
    List<UUID> different = submit(List.of(use(other), job(flower, "")));
    scheduler.start();

    List<JsonNode> jobs = equal.stream().map(client::awaitEnd).toList();
    List<JsonNode> others = different.stream().map(client::awaitEnd).toList();
    assertThat(jobs).allSatisfy(job -> assertSameAnswer(job, others.getLast()));
    assertThat(jobs)
        .extracting(ContentCacheIT::cache)
        .allMatch(Set.of("miss", "collapsed", "hit")::contains)
        .contains("collapsed")
        .filteredOn("miss"::equals)
        .hasSizeBetween(1, batchesInFlight());
    assertThat(others).extracting(ContentCacheIT::cache).containsExactly("miss", "none");
  }

  /** Equal jobs of batches that begin at the same moment are computed once in each. */
  private int batchesInFlight() {
    return 2 * Runtime.getRuntime().availableProcessors();
  }

  private List<UUID> submit(List<String> jobs) {
    return Client.sideBySide(8, jobs, client::submit);
  }

  @Test
  void aKeyStandsForOneJob_alsoWhereItsAnswerWasThere() {
    String flower = flower();
    client.run(use(flower));
    String key = "\"" + UUID.randomUUID() + "\"";

    Client.Answer first = client.post(use(flower), "Idempotency-Key", key);
    Client.Answer second = client.post(use(flower), "Idempotency-Key", key);

    assertThat(first.status()).isEqualTo(200);
    assertThat(cache(first.json())).isEqualTo("hit");
    assertThat(second.header("Idempotency-Replayed")).contains("true");
    assertThat(second.json()).isEqualTo(first.json());
  }

  @Test
  void theyAreCounted() {
    double hits = counted("mlp.cache.requests", "hit");
    double finished = stack.api().counted("mlp.jobs.finished");
    String flower = flower();
    client.run(use(flower));
    client.post(use(flower));

    assertThat(counted("mlp.cache.requests", "hit")).isEqualTo(hits + 1);
    assertThat(stack.api().counted("mlp.jobs.finished")).isEqualTo(finished + 1);
  }

  private double counted(String name, String result) {
    return stack.api().counted(name, "cache", "content", "result", result);
  }
}
