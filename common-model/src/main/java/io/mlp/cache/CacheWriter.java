package io.mlp.cache;

import io.mlp.job.Job;
import io.mlp.job.JobJson;
import java.time.Duration;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Keeps finished jobs and answers in Redis, by a connection whose pipeline may carry more.
 *
 * @param maxBytes what is larger is not kept
 */
public record CacheWriter(RedisConnection connection, long maxBytes) {
  /** Keeps a job that will not change any more, so one that has succeeded. */
  public void keep(Job job, Duration time) {
    keep(FinishedJobCache.key(job.id()), JobJson.write(job), time);
  }

  public void keep(ContentKey key, CachedAnswer answer, Duration time) {
    keep(key.inRedis(), answer.encode(), time);
  }

  private void keep(byte[] key, byte[] value, Duration time) {
    if (value.length <= maxBytes) {
      connection.stringCommands().setEx(key, time.toSeconds(), value);
    }
  }
}
