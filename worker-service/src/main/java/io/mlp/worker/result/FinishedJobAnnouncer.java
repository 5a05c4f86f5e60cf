package io.mlp.worker.result;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mlp.cache.Announcement;
import io.mlp.cache.CacheWriter;
import io.mlp.cache.RedisCircuitBreaker;
import io.mlp.job.Job;
import io.mlp.job.JobStatus;
import io.mlp.outage.Outage;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Announces the finished jobs of a batch, and leaves those in Redis that have succeeded, with the
 * answers that others may get, all in one pipeline. Where that does not work they are announced all
 * the same: a Redis that is full or a replica keeps nothing, but passes messages on. What failed
 * may be retried, so only PostgreSQL knows whether it is finished still.
 */
@Component
public class FinishedJobAnnouncer {
  private static final byte[] CHANNEL = Announcement.CHANNEL.getBytes(US_ASCII);

  private final StringRedisTemplate redis;
  private final ResultSettings settings;
  private final RedisCircuitBreaker keeping;
  private final RedisCircuitBreaker announcing;

  FinishedJobAnnouncer(StringRedisTemplate redis, ResultSettings settings, Clock clock) {
    this.redis = redis;
    this.settings = settings;
    this.keeping = RedisCircuitBreaker.whileItObeys("results kept", clock);
    this.announcing = RedisCircuitBreaker.whileItAnswers("announcements", clock);
  }

  /** While Redis is away nobody else may ask for anything. */
  @Scheduled(fixedDelay = 1000)
  void probe() {
    Outage.OF_REDIS.probe(() -> redis.execute((RedisCallback<String>) RedisConnection::ping));
  }

  /** Tells whoever waits; without Redis they look for themselves. */
  public void announce(List<Job> jobs, List<NewAnswer> answers) {
    if (!jobs.isEmpty() && !keeping.tell(() -> redis.executePipelined(keep(jobs, answers)))) {
      announcing.tell(() -> redis.execute(announce(jobs)));
    }
  }

  private RedisCallback<@Nullable Object> keep(List<Job> jobs, List<NewAnswer> answers) {
    return connection -> {
      CacheWriter cache = new CacheWriter(connection, settings.maxSize().toBytes());
      for (NewAnswer it : answers) {
        cache.keep(it.key(), it.answer(), it.keep().orElse(settings.keepAnswers()));
      }
      for (Job job : jobs) {
        if (job.status() == JobStatus.SUCCEEDED) {
          cache.keep(job, settings.keep());
        }
      }
      return announce(jobs).doInRedis(connection);
    };
  }

  private static RedisCallback<@Nullable Object> announce(List<Job> jobs) {
    byte[] announcement = Announcement.of(jobs).encode();
    return connection -> {
      connection.publish(CHANNEL, announcement);
      return null; // a pipeline answers at its end
    };
  }
}
