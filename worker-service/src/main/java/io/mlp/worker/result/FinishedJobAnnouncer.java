package io.mlp.worker.result;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mlp.dispatch.FinishedJobs;
import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.JobStatus;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Announces the finished jobs of a batch, and leaves those in Redis that have succeeded, with the
 * answers that others may get, all in one pipeline. What failed may be retried, so only PostgreSQL
 * knows whether it is finished still.
 */
@Component
public class FinishedJobAnnouncer {
  private final RedisGate gate;
  private final StringRedisTemplate redis;
  private final long keepSeconds;
  private final long keepAnswersSeconds;
  private final long maxSize;

  FinishedJobAnnouncer(RedisGate gate, StringRedisTemplate redis, ResultSettings settings) {
    this.gate = gate;
    this.redis = redis;
    this.keepSeconds = settings.keep().toSeconds();
    this.keepAnswersSeconds = settings.keepAnswers().toSeconds();
    this.maxSize = settings.maxSize().toBytes();
  }

  /** Tells whoever waits; without Redis they look for themselves. */
  public void announce(List<Job> jobs, List<NewAnswer> answers) {
    if (!jobs.isEmpty()) {
      gate.tell(() -> redis.executePipelined(pipeline(jobs, answers)));
    }
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
    List<UUID> ids = jobs.stream().map(Job::id).toList();
    connection.publish(FinishedJobs.CHANNEL.getBytes(US_ASCII), FinishedJobs.announcement(ids));
  }

  private void keep(RedisConnection connection, byte[] key, long seconds, byte[] value) {
    if (value.length <= maxSize) {
      connection.stringCommands().setEx(key, seconds, value);
    }
  }
}
