package io.mlp.cache;

import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.SetCondition;
import org.springframework.data.redis.core.types.Expiration;

/**
 * Keeps finished jobs and answers in Redis, by a connection whose pipeline may carry more.
 *
 * @param maxBytes what is larger is not kept
 */
public record CacheWriter(RedisConnection connection, long maxBytes) {
  /**
   * Keeps a job that will not change any more, so one that has succeeded; unless it has been
   * deleted.
   */
  public void keep(Job job, Duration time) {
    if (mayFit(job.outputs())) {
      keep(FinishedJobCache.key(job.id()), JobJson.write(job), time, SetCondition.ifAbsent());
    }
  }

  public void keep(ContentKey key, CachedAnswer answer, Duration time) {
    if (mayFit(answer.outputs())) {
      keep(key.inRedis(), answer.encode(), time, SetCondition.upsert());
    }
  }

  /** Before large ones are written for nothing: an element takes a byte at least. */
  private boolean mayFit(@Nullable List<Tensor> outputs) {
    return outputs == null
        || outputs.stream().mapToLong(output -> output.shape().elements()).sum() <= maxBytes;
  }

  private void keep(byte[] key, byte[] value, Duration time, SetCondition condition) {
    if (value.length <= maxBytes) {
      connection.stringCommands().set(key, value, condition, Expiration.from(time));
    }
  }
}
