package io.mlp.worker.result;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.cache.CachedAnswer;
import io.mlp.cache.ContentKey;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/** The answers that Redis keeps by what was asked. */
@Component
public class ContentCache {
  private final RedisGate gate =
      RedisGate.whileItAnswers("Looking answers up in Redis is", Clock.systemUTC());
  private final StringRedisTemplate redis;
  private final Counter hits;
  private final Counter misses;

  ContentCache(StringRedisTemplate redis, MeterRegistry meters) {
    this.redis = redis;
    this.hits = requests(meters, "hit");
    this.misses = requests(meters, "miss");
  }

  private static Counter requests(MeterRegistry meters, String result) {
    return Counter.builder("mlp.cache.requests")
        .description("Look-ups in Redis")
        .tag("cache", "content")
        .tag("result", result)
        .register(meters);
  }

  /** The answers that there are, with one question; none while Redis is away. */
  public Map<ContentKey, CachedAnswer> find(List<ContentKey> keys) {
    if (keys.isEmpty()) {
      return Map.of();
    }
    Map<ContentKey, CachedAnswer> found = gate.ask(() -> get(keys), Map.of());
    hits.increment(found.size());
    misses.increment(keys.size() - found.size());
    return found;
  }

  private Map<ContentKey, CachedAnswer> get(List<ContentKey> keys) {
    byte[][] inRedis = keys.stream().map(ContentKey::inRedis).toArray(byte[][]::new);
    Map<ContentKey, CachedAnswer> found = new HashMap<>();
    redis.execute((RedisConnection connection) -> {
      List<byte[]> values = connection.stringCommands().mGet(inRedis);
      for (int i = 0; values != null && i < values.size(); i++) {
        ContentKey key = keys.get(i);
        byte[] value = values.get(i);
        if (value != null) {
          CachedAnswer.decode(value).ifPresent(answer -> found.put(key, answer));
        }
      }
      return found;
    });
    return found;
  }
}
