package io.mlp.api.redis;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what is looked up in Redis. */
final class CacheRequests {
  private CacheRequests() {}

  static Counter counter(MeterRegistry meters, String cache, String result) {
    return Counter.builder("mlp.cache.requests")
        .description("Look-ups in Redis")
        .tag("cache", cache)
        .tag("result", result)
        .register(meters);
  }
}
