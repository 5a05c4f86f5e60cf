package io.mlp.cache;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Keeps answers without a Redis. */
public final class FakeContentCache extends ContentCache {
  private final Map<ContentKey, CachedAnswer> answers = new HashMap<>();
  private final List<List<ContentKey>> asked = new ArrayList<>();

  public FakeContentCache() {
    super(new RedisReads(new StringRedisTemplate(), Clock.systemUTC()), new SimpleMeterRegistry());
  }

  @Override
  public Map<ContentKey, CachedAnswer> find(List<ContentKey> keys) {
    asked.add(keys);
    Map<ContentKey, CachedAnswer> found = new HashMap<>(answers);
    found.keySet().retainAll(keys);
    return found;
  }

  public void put(ContentKey key, CachedAnswer answer) {
    answers.put(key, answer);
  }

  /** The keys of each look-up. */
  public List<List<ContentKey>> asked() {
    return asked;
  }
}
