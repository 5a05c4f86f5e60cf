package io.mlp.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what is looked up in Redis. */
record CacheRequests(Counter hits, Counter misses) {
  static CacheRequests of(String cache, MeterRegistry meters) {
    return new CacheRequests(counter(cache, "hit", meters), counter(cache, "miss", meters));
  }

  private static Counter counter(String cache, String result, MeterRegistry meters) {
    return Counter.builder("mlp.cache.requests")
        .description("Look-ups in Redis")
        .tag("cache", cache)
        .tag("result", result)
        .register(meters);
  }

  void count(int wanted, int found) {
    hits.increment(found);
    misses.increment(wanted - found);
  }
}
