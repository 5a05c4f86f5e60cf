package io.mlp.api.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.cache.CachedAnswer;
import io.mlp.cache.ContentKey;
import java.util.Optional;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/** The answers that workers keep in Redis by what was asked. */
@Component
public class ContentCache {
  private final RedisGate gate;
  private final StringRedisTemplate redis;
  private final Counter hits;
  private final Counter misses;

  ContentCache(RedisGate gate, StringRedisTemplate redis, MeterRegistry meters) {
    this.gate = gate;
    this.redis = redis;
    this.hits = CacheRequests.counter(meters, "content", "hit");
    this.misses = CacheRequests.counter(meters, "content", "miss");
  }

  /** The answer to that question; empty if there is none, or Redis is away. */
  public Optional<CachedAnswer> find(ContentKey key) {
    Optional<byte[]> bytes = gate.ask(() -> get(key), Optional.empty());
    Optional<CachedAnswer> found = bytes.flatMap(CachedAnswer::decode);
    (found.isPresent() ? hits : misses).increment();
    return found;
  }

  private Optional<byte[]> get(ContentKey key) {
    return Optional.ofNullable(
        redis.execute(
            (RedisConnection connection) -> connection.stringCommands().get(key.inRedis())));
  }
}
