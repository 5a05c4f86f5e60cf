package io.mlp.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.job.CachePolicy;
import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.JobOptions;
import io.mlp.job.JobStatus;
import io.mlp.tensor.Tensors;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What one writes others find, in Redis as every release knows it. */
class CachesTest {
  private static final ContentKey SEVEN = new ContentKey("77");
  private static final ContentKey TWO = new ContentKey("22");
  private static final UUID ID = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final FakeRedis redis = new FakeRedis();
  private final CacheWriter writer = new CacheWriter(redis.connection(), 1000);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final RedisReads reads = new RedisReads(redis.template(), Clock.systemUTC());
  private final ContentCache answers = new ContentCache(reads, meters);
  private final FinishedJobCache jobs =
      new FinishedJobCache(reads, redis.template(), Clock.systemUTC(), meters);

  private static CachedAnswer answer(long label) {
    return new CachedAnswer(List.of(Tensors.int64("label", 1, label)), null);
  }

  private static Job job(String note) {
    return new Job(
        ID,
        "vision",
        "digits",
        2,
        "9f".repeat(32),
        JobStatus.SUCCEEDED,
        4,
        1,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        Instant.EPOCH,
        new JobOptions(Set.of(), CachePolicy.BYPASS, Map.of("note", note)),
        List.of(),
        null,
        null,
        null);
  }

  private double counted(String cache, String result) {
    return meters
        .get("mlp.cache.requests")
        .tags("cache", cache, "result", result)
        .counter()
        .count();
  }

  @Test
  void answersThatAreKeptAreFound_oneOrMany() {
    writer.keep(SEVEN, answer(7), MINUTE);
    writer.keep(TWO, answer(2), MINUTE);

    assertThat(answers.find(SEVEN)).contains(answer(7));
    assertThat(answers.find(List.of(new ContentKey("33"), TWO, SEVEN)))
        .isEqualTo(Map.of(TWO, answer(2), SEVEN, answer(7)));
    assertThat(redis.lookUps()).isEqualTo(2);
    assertThat(redis.seconds()).isEqualTo(Map.of("mlp:content:77", 60L, "mlp:content:22", 60L));
    assertThat(counted("content", "hit")).isEqualTo(3);
    assertThat(counted("content", "miss")).isEqualTo(1);
  }

  @Test
  void anAnswerOfAnotherReleaseIsNone() {
    redis.values().put("mlp:content:77", new byte[] {9});

    assertThat(answers.find(SEVEN)).isEmpty();
    assertThat(counted("content", "hit")).isZero();
    assertThat(counted("content", "miss")).isEqualTo(1);
  }

  @Test
  void jobsThatAreKeptAreFoundAsTheyAreAnswered() {
    writer.keep(job("short"), MINUTE);

    assertThat(jobs.find(List.of(UUID.randomUUID(), ID)))
        .containsOnlyKeys(ID)
        .hasEntrySatisfying(ID, json -> assertThat(json).isEqualTo(JobJson.write(job("short"))));
    assertThat(redis.seconds()).isEqualTo(Map.of("mlp:job:3:" + ID, 60L));
    assertThat(counted("finished", "hit")).isEqualTo(1);
    assertThat(counted("finished", "miss")).isEqualTo(1);
  }

  /** Also by a worker that is late: it recorded the job, then stood still. */
  @Test
  void aDeletedJobIsFoundNoMore_whoeverKeepsItLater() {
    writer.keep(job("short"), MINUTE);

    assertThat(jobs.delete(ID)).isTrue();
    assertThat(jobs.find(List.of(ID))).isEmpty();
    writer.keep(job("short"), MINUTE);
    assertThat(jobs.find(List.of(ID))).isEmpty();
    assertThat(redis.seconds()).isEqualTo(Map.of("mlp:job:3:" + ID, 3600L));
    assertThat(counted("finished", "miss")).isEqualTo(2);
  }

  @Test
  void aJobIsNotDeletedWhileRedisIsAway() {
    writer.keep(job("short"), MINUTE);
    redis.goAway();

    assertThat(jobs.delete(ID)).isFalse();
  }

  @Test
  void whatIsTooLargeIsNotKept() {
    writer.keep(job("long".repeat(1000)), MINUTE);
    writer.keep(
        SEVEN, new CachedAnswer(List.of(Tensors.int64("n", 1, new long[125])), null), MINUTE);

    assertThat(redis.values()).isEmpty();
  }

  @Test
  void nothingIsAsked_whereNothingIsWanted() {
    assertThat(answers.find(List.of())).isEmpty();
    assertThat(jobs.find(List.of())).isEmpty();
    assertThat(redis.lookUps()).isZero();
  }

  /** Which is waited for three times in all, and not by each cache. */
  @Test
  void nothingIsKnown_whileRedisIsAway() {
    writer.keep(SEVEN, answer(7), MINUTE);
    writer.keep(job("short"), MINUTE);
    redis.goAway();

    for (int i = 0; i < 5; i++) {
      assertThat(answers.find(SEVEN)).isEmpty();
      assertThat(jobs.find(List.of(ID))).isEmpty();
    }

    assertThat(redis.lookUps()).isEqualTo(3);
    assertThat(counted("content", "miss")).isEqualTo(5);
    assertThat(counted("finished", "miss")).isEqualTo(5);
  }
}
