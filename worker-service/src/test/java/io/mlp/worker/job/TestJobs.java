package io.mlp.worker.job;

import io.mlp.job.CachePolicy;
import io.mlp.job.JobContent;
import io.mlp.job.JobIds;
import io.mlp.job.JobOptions;
import io.mlp.job.TraceContext;
import io.mlp.job.store.ClaimedJob;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Jobs as a claim finds them. */
public final class TestJobs {
  public static final Instant CREATED = Instant.parse("2026-11-24T08:00:00Z");
  public static final Instant CLAIMED = Instant.parse("2026-11-24T08:00:00.250Z");

  private TestJobs() {}

  /** A flower that the shipped models call versicolor. */
  public static ClaimedJob versicolor(String... outputs) {
    return job(List.of(features(5f, 2f, 3.5f, 1f)), Set.of(outputs), 1, 3, false);
  }

  /** A job for any model. */
  public static ClaimedJob asking(List<Tensor> inputs, Set<String> outputs, CachePolicy cache) {
    return with(cache, job(inputs, outputs, 1, 3, false));
  }

  /** The same flower, for which the cache may be used so. */
  public static ClaimedJob versicolor(CachePolicy cache, String... outputs) {
    return with(cache, versicolor(outputs));
  }

  /** The same job, within a trace. */
  public static ClaimedJob traced(ClaimedJob job, TraceContext trace) {
    return with(job, job.content().options().in(trace));
  }

  /** The same flower, with which a worker was lost, and for which the cache may be used so. */
  public static ClaimedJob poisonCandidate(CachePolicy cache) {
    return with(cache, poisonCandidate());
  }

  private static ClaimedJob with(CachePolicy cache, ClaimedJob job) {
    JobOptions options = job.content().options();
    return with(job, new JobOptions(options.outputs(), cache, options.metadata()));
  }

  private static ClaimedJob with(ClaimedJob job, JobOptions options) {
    return new ClaimedJob(
        job.id(),
        job.owner(),
        job.fence(),
        job.attempts(),
        job.maxAttempts(),
        job.poisonCandidate(),
        job.priority(),
        job.createdAt(),
        job.claimedAt(),
        job.deadline(),
        new JobContent(job.content().inputs(), options));
  }

  /** The same flower, with which a worker was lost. */
  public static ClaimedJob poisonCandidate() {
    return job(List.of(features(5f, 2f, 3.5f, 1f)), Set.of(), 1, 3, true);
  }

  /** The same flower, but it is too late for it. */
  public static ClaimedJob expired() {
    ClaimedJob job = versicolor();
    return new ClaimedJob(
        job.id(),
        job.owner(),
        job.fence(),
        job.attempts(),
        job.maxAttempts(),
        job.poisonCandidate(),
        job.priority(),
        job.createdAt(),
        job.claimedAt(),
        job.claimedAt(),
        job.content());
  }

  /** One number, for models that take as long as it says. */
  public static ClaimedJob lasting(long steps) {
    ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(steps).flip();
    Tensor x = new Tensor("x", TensorType.INT64, TensorShape.of(1), data);
    return job(List.of(x), Set.of(), 1, 3, false);
  }

  /** One that no model takes. */
  public static ClaimedJob unreadable() {
    return job(List.of(), Set.of(), 1, 3, false);
  }

  static ClaimedJob attempt(int attempt, int most) {
    return job(List.of(), Set.of(), attempt, most, false);
  }

  private static ClaimedJob job(
      List<Tensor> inputs,
      Set<String> outputs,
      int attempts,
      int maxAttempts,
      boolean poisonCandidate) {
    return new ClaimedJob(
        JobIds.next(),
        "vision",
        7,
        attempts,
        maxAttempts,
        poisonCandidate,
        4,
        CREATED,
        CLAIMED,
        null,
        new JobContent(
            inputs, new JobOptions(outputs, CachePolicy.BYPASS, Map.of("order", "A-17"))));
  }

  private static Tensor features(float... elements) {
    ByteBuffer data = ByteBuffer.allocate(4 * elements.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float element : elements) {
      data.putFloat(element);
    }
    return new Tensor("features", TensorType.FP32, TensorShape.of(1, elements.length), data.flip());
  }
}
