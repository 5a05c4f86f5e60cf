package io.mlp.worker.result;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mlp.cache.RedisCircuitBreaker;
import io.mlp.dispatch.FinishedJobs;
import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.JobStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Announces the finished jobs of a batch, and leaves those in Redis that have succeeded, with the
 * answers that others may get, all in one pipeline. Where that does not work they are announced all
 * the same: a Redis that is full or a replica keeps nothing, but passes messages on. What failed
 * may be retried, so only PostgreSQL knows whether it is finished still.
 */
@Component
public class FinishedJobAnnouncer {
  private static final byte[] CHANNEL = FinishedJobs.CHANNEL.getBytes(US_ASCII);

  private final RedisCircuitBreaker keeping;
  private final RedisCircuitBreaker announcing;
  private final StringRedisTemplate redis;
  private final long keepSeconds;
  private final long keepAnswersSeconds;
  private final long maxSize;

  FinishedJobAnnouncer(StringRedisTemplate redis, ResultSettings settings, Clock clock) {
    this.keeping = RedisCircuitBreaker.whileItObeys("results", clock);
    this.announcing = RedisCircuitBreaker.whileItAnswers("announcements", clock);
    this.redis = redis;
    this.keepSeconds = settings.keep().toSeconds();
    this.keepAnswersSeconds = settings.keepAnswers().toSeconds();
    this.maxSize = settings.maxSize().toBytes();
  }

  /** Tells whoever waits; without Redis they look for themselves. */
  public void announce(List<Job> jobs, List<NewAnswer> answers) {
    if (!jobs.isEmpty() && !keeping.tell(() -> keep(jobs, answers))) {
      announcing.tell(() -> announce(jobs));
    }
  }

  private void announce(List<Job> jobs) {
    redis.execute((RedisConnection connection) -> connection.publish(CHANNEL, announcement(jobs)));
  }

  private static byte[] announcement(List<Job> jobs) {
    return FinishedJobs.announcement(jobs.stream().map(Job::id).toList());
  }

  private void keep(List<Job> jobs, List<NewAnswer> answers) {
    redis.executePipelined(pipeline(jobs, answers));
  }

  private RedisCallback<@Nullable Object> pipeline(List<Job> jobs, List<NewAnswer> answers) {
    return connection -> {
      write(connection, jobs, answers);
      return null;
    };
  }

  private void write(RedisConnection connection, List<Job> jobs, List<NewAnswer> answers) {
    for (NewAnswer answer : answers) {
      long seconds = answer.keep().map(Duration::toSeconds).orElse(keepAnswersSeconds);
      keep(connection, answer.key().inRedis(), seconds, answer.answer().encode());
    }
    for (Job job : jobs) {
      if (job.status() == JobStatus.SUCCEEDED) {
        keep(connection, FinishedJobs.key(job.id()), keepSeconds, JobJson.write(job));
      }
    }
    connection.publish(CHANNEL, announcement(jobs));
  }

  private void keep(RedisConnection connection, byte[] key, long seconds, byte[] value) {
    if (value.length <= maxSize) {
      connection.stringCommands().setEx(key, seconds, value);
    }
  }
}
