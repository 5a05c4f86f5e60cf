package io.mlp.cache;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Reads what Redis keeps, by many keys at once. All that a process reads shares a circuit breaker,
 * so an outage is waited for and logged once.
 */
public final class RedisReads {
  private final StringRedisTemplate redis;
  private final RedisCircuitBreaker breaker;

  RedisReads(StringRedisTemplate redis, Clock clock) {
    this.redis = redis;
    this.breaker = RedisCircuitBreaker.whileItAnswers("look-ups", clock);
  }

  /** What Redis keeps of what is wanted; nothing while it is away. */
  <K> Map<K, byte[]> find(List<K> wanted, Function<K, byte[]> key) {
    if (wanted.isEmpty()) {
      return Map.of();
    }
    byte[][] keys = wanted.stream().map(key).toArray(byte[][]::new);
    List<byte[]> values = breaker.ask(() -> get(keys), List.of());
    Map<K, byte[]> found = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      byte[] value = values.get(i);
      if (value != null) {
        found.put(wanted.get(i), value);
      }
    }
    return found;
  }

  private List<byte[]> get(byte[][] keys) {
    return Objects.requireNonNullElse(
        redis.execute((RedisConnection connection) -> connection.stringCommands().mGet(keys)),
        List.of());
  }
}
