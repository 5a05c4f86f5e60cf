package io.mlp.api.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.dispatch.FinishedJobs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/** The jobs that have succeeded, which workers leave in Redis for a short time. */
@Component
public class FinishedJobCache {
  private final RedisGate gate;
  private final StringRedisTemplate redis;
  private final Counter hits;
  private final Counter misses;

  FinishedJobCache(RedisGate gate, StringRedisTemplate redis, MeterRegistry meters) {
    this.gate = gate;
    this.redis = redis;
    this.hits = CacheRequests.counter(meters, "finished", "hit");
    this.misses = CacheRequests.counter(meters, "finished", "miss");
  }

  /** Those of the given jobs that Redis has, as JSON; nothing while Redis is away. */
  public Map<UUID, byte[]> find(List<UUID> jobIds) {
    Map<UUID, byte[]> found = gate.ask(() -> get(jobIds), Map.of());
    hits.increment(found.size());
    misses.increment(jobIds.size() - found.size());
    return found;
  }

  private Map<UUID, byte[]> get(List<UUID> jobIds) {
    byte[][] keys = jobIds.stream().map(FinishedJobs::key).toArray(byte[][]::new);
    Map<UUID, byte[]> found = new HashMap<>();
    redis.execute((RedisConnection connection) -> {
      List<byte[]> values = connection.stringCommands().mGet(keys);
      for (int i = 0; values != null && i < values.size(); i++) {
        byte[] value = values.get(i);
        if (value != null) {
          found.put(jobIds.get(i), value);
        }
      }
      return found;
    });
    return found;
  }
}
