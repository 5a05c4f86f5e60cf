package io.mlp.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The jobs that have succeeded, which Redis keeps for a short time. */
public final class FinishedJobCache {
  private final RedisReads redis;
  private final CacheRequests requests;

  FinishedJobCache(RedisReads redis, MeterRegistry meters) {
    this.redis = redis;
    this.requests = CacheRequests.of("finished", meters);
  }

  /** Those of the given jobs that Redis has, as JSON; none while Redis is away. */
  public Map<UUID, byte[]> find(List<UUID> jobIds) {
    Map<UUID, byte[]> found = redis.find(jobIds, FinishedJobCache::key);
    requests.count(jobIds.size(), found.size());
    return found;
  }

  /** Under which Redis keeps a job, as {@link io.mlp.job.JobJson} writes it. */
  static byte[] key(UUID jobId) {
    return ("mlp:job:" + jobId).getBytes(US_ASCII);
  }
}
