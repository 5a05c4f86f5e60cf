package io.mlp.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The jobs that have succeeded, which Redis keeps for a short time. */
public final class FinishedJobCache {
  /** How late a worker may be to keep a job that has been deleted meanwhile: it may be frozen. */
  private static final Duration LATEST = Duration.ofHours(1);

  /** Stands for a job that has been deleted. */
  private static final String DELETED = "";

  private final RedisReads redis;
  private final StringRedisTemplate template;
  private final CacheRequests requests;
  private final RedisCircuitBreaker deletions;

  FinishedJobCache(
      RedisReads redis, StringRedisTemplate template, Clock clock, MeterRegistry meters) {
    this.redis = redis;
    this.template = template;
    this.requests = CacheRequests.of("finished", meters);
    this.deletions = RedisCircuitBreaker.whileItAnswers("deletions", clock);
  }

  /** Those of the given jobs that Redis has, as JSON; none while Redis is away. */
  public Map<UUID, byte[]> find(List<UUID> jobIds) {
    Map<UUID, byte[]> found = new HashMap<>(redis.find(jobIds, FinishedJobCache::key));
    found.values().removeIf(json -> json.length == 0);
    requests.count(jobIds.size(), found.size());
    return found;
  }

  /**
   * Deletes a job for good: a worker that keeps it later than this keeps nothing.
   *
   * @return whether Redis has done it; if not, the job may still be found
   */
  public boolean delete(UUID jobId) {
    String key = new String(key(jobId), US_ASCII);
    return deletions.tell(() -> template.opsForValue().set(key, DELETED, LATEST));
  }

  /**
   * Under which Redis keeps a job, as {@link io.mlp.job.JobJson} writes it. The number counts up
   * with what may stand there.
   */
  static byte[] key(UUID jobId) {
    return ("mlp:job:3:" + jobId).getBytes(US_ASCII);
  }
}
