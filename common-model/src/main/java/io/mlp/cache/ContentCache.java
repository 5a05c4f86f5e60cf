package io.mlp.cache;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The answers that Redis keeps by what was asked. */
public class ContentCache {
  private final RedisReads redis;
  private final CacheRequests requests;

  ContentCache(RedisReads redis, MeterRegistry meters) {
    this.redis = redis;
    this.requests = CacheRequests.of("content", meters);
  }

  /** The answer to that question; empty if there is none, or Redis is away. */
  public Optional<CachedAnswer> find(ContentKey key) {
    return Optional.ofNullable(find(List.of(key)).get(key));
  }

  /** The answers that there are, looked up with one command; none while Redis is away. */
  public Map<ContentKey, CachedAnswer> find(List<ContentKey> keys) {
    Map<ContentKey, CachedAnswer> found = new HashMap<>();
    redis
        .find(keys, ContentKey::inRedis)
        .forEach(
            (key, value) -> CachedAnswer.decode(value).ifPresent(answer -> found.put(key, answer)));
    requests.count(keys.size(), found.size());
    return found;
  }
}
