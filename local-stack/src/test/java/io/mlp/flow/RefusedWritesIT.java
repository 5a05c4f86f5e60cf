package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.mlp.cache.Announcement;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/**
 * A Redis that keeps nothing more still passes announcements on. Nothing is looked up in the
 * meantime, so a job that is not announced keeps its client waiting to the end.
 */
@ExtendWith(SharedStack.class)
class RefusedWritesIT {
  /** More than the circuit breaker needs, and longer than it stays open. */
  private static final int JOBS = 60;

  private static final Duration SOON = Duration.ofSeconds(3);

  private final Backends servers;
  private final Database database;

  RefusedWritesIT(Backends servers, Database database) {
    this.servers = servers;
    this.database = database;
  }

  @Test
  void announcementsGoOn_whileRedisIsFull_andWhileItIsAReplica() {
    RedisURI uri = RedisURI.create("127.0.0.1", servers.redisPort());
    try (Stack stack = Stack.start(servers, database, Map.of("api.waiting.reread", "60s"));
        RedisClient client = RedisClient.create(uri);
        StatefulRedisConnection<String, String> connection = client.connect()) {
      RedisCommands<String, String> redis = connection.sync();
      await().until(() -> redis.pubsubNumsub(Announcement.CHANNEL).containsValue(1L));

      whileFull(
          redis,
          () -> {
            assertAllAnnounced(stack.client());
            assertNotDeleted(stack.client());
          });
      whileAReplica(redis, () -> assertAllAnnounced(stack.client()));
    }
  }

  private static void whileFull(RedisCommands<String, String> redis, Runnable use) {
    redis.configSet("maxmemory-policy", "noeviction");
    redis.configSet("maxmemory", "1");
    try {
      use.run();
    } finally {
      redis.configSet("maxmemory", "256mb");
      redis.configSet("maxmemory-policy", "allkeys-lru");
    }
  }

  private static void whileAReplica(RedisCommands<String, String> redis, Runnable use) {
    redis.replicaof("127.0.0.1", 1);
    try {
      use.run();
    } finally {
      redis.replicaofNoOne();
    }
  }

  /** What Redis may still tell must not be thought of as deleted. */
  private static void assertNotDeleted(Client client) {
    UUID id = UUID.fromString(client.run(HeldOut.DIGITS.anyJob()).path("id").asString());
    Client.Answer refused = client.delete(id);
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.json().path("type").asString())
        .isEqualTo("urn:mlp:problem:cache-unavailable");
    assertThat(refused.header("Retry-After")).isPresent();
    assertThat(client.job(id).path("status").asString()).isEqualTo("succeeded");
  }

  private static void assertAllAnnounced(Client client) {
    for (int i = 0; i < JOBS; i++) {
      long begin = System.nanoTime();
      JsonNode job = client.run(HeldOut.DIGITS.anyJob());
      assertThat(job.path("status").asString()).isEqualTo("succeeded");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("job %d", i).isLessThan(SOON);
    }
  }
}
