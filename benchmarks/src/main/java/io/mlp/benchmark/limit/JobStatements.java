package io.mlp.benchmark.limit;

import io.mlp.job.JobContent;
import io.mlp.job.JobIds;
import io.mlp.job.JobOptions;
import io.mlp.job.Prediction;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.Ending;
import io.mlp.job.store.JobEndings;
import io.mlp.job.store.JobLeases;
import io.mlp.job.store.JobSubmissions;
import io.mlp.job.store.Submission;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs of one row of 64 numbers by MLP's own statements, with nothing around them. */
final class JobStatements {
  private static final int VERSION = 1;
  private static final String DIGEST = "0".repeat(64);
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final JobSubmissions.Durations DURATIONS =
      new JobSubmissions.Durations(Duration.ofDays(7), Duration.ofDays(1));
  private static final List<Tensor> INPUTS = List.of(zeros("image", TensorType.FP32, 64));
  private static final JobContent CONTENT = new JobContent(INPUTS, JobOptions.NONE);
  static final WaitingJob.Known KNOWN = new WaitingJob.Known(Instant.EPOCH, CONTENT);
  private static final Ending.Outcome OUTCOME =
      new Ending.Outcome(
          List.of(zeros("label", TensorType.INT64, 1), zeros("probabilities", TensorType.FP32, 10)),
          List.of(new Prediction("0", 0.987654321)),
          Duration.ofNanos(250_000),
          64,
          null);

  private final JobSubmissions submissions;
  private final JobLeases claims;
  private final JobEndings records;
  private final UUID worker = UUID.randomUUID();

  /**
   * Statements through these connections.
   *
   * @param durable whose commits wait for the disk
   * @param asynchronous whose commits do not
   */
  JobStatements(DataSource durable, DataSource asynchronous) {
    JdbcClient lasting = JdbcClient.create(durable);
    this.submissions = new JobSubmissions(lasting, DURATIONS);
    this.records = new JobEndings(lasting);
    this.claims = new JobLeases(JdbcClient.create(asynchronous));
  }

  private static Tensor zeros(String name, TensorType type, int elements) {
    int bytes = elements * (type == TensorType.INT64 ? Long.BYTES : Float.BYTES);
    TensorShape shape = type == TensorType.INT64 ? TensorShape.of(1) : TensorShape.of(1, elements);
    return new Tensor(name, type, shape, ByteBuffer.allocate(bytes));
  }

  /** Stores so many in one statement and one commit: what their tickets would name. */
  List<WaitingJob> submit(int count) {
    List<Submission> jobs = Stream.generate(JobStatements::submission).limit(count).toList();
    submissions.submit(jobs);
    return jobs.stream().map(job -> new WaitingJob(job.id(), 0, 0, KNOWN)).toList();
  }

  private static Submission submission() {
    return new Submission(
        JobIds.next(), VERSION, false, "owner", "key", CONTENT, 4, null, 3, null, null, null);
  }

  /** Claims them and ends them, and tells how many. */
  int end(List<WaitingJob> waiting) {
    List<Ending> endings =
        claims.claim(waiting, false, worker, LEASE).stream().map(JobStatements::ending).toList();
    return records.end(endings, "benchmark", DIGEST).size();
  }

  private static Ending ending(ClaimedJob job) {
    return Ending.succeeded(job.id(), job.fence(), OUTCOME);
  }
}
