package io.mlp.api.submission.validation;

import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.cache.CachedAnswer;
import io.mlp.job.CacheResult;
import io.mlp.job.Job;
import io.mlp.job.JobStatus;
import io.mlp.job.TraceContext;
import io.mlp.job.store.Submission;
import io.mlp.tensor.Tensor;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** A job that has passed every check and may be stored. */
public record NewJob(CataloguedVersion version, Submission submission) {
  public UUID id() {
    return submission.id();
  }

  /** Whether its answer is known already: then it is stored as one that has succeeded. */
  public boolean answered() {
    return submission.answer() != null;
  }

  /**
   * Bytes that it takes until it is stored: its tensors, their stored form, and the driver's copy
   * of that in the statement.
   */
  public long bytesUntilStored() {
    return 3 * submission.content().inputs().stream().mapToLong(Tensor::byteSize).sum();
  }

  /** The same job, under a key. */
  public NewJob under(IdempotencyKey key) {
    Submission.Key named = new Submission.Key(key.name(), key.fingerprint());
    return new NewJob(version, submission.under(named));
  }

  /** The same job, within a trace. */
  public NewJob in(TraceContext trace) {
    return new NewJob(version, submission.in(trace));
  }

  /** The same job, with its answer. */
  public NewJob answered(CachedAnswer known) {
    Submission.Answer answer =
        new Submission.Answer(known.outputs(), known.predictions(), version.digest());
    return new NewJob(version, submission.answered(answer));
  }

  /**
   * The job as clients see it once it is stored.
   *
   * @param retention from its end, which is now if its answer is known
   */
  public Job stored(Instant createdAt, Duration retention) {
    Submission.Answer answer = submission.answer();
    boolean ended = answer != null;
    return new Job(
        id(),
        submission.owner(),
        version.model(),
        version.version(),
        version.digest(),
        ended ? JobStatus.SUCCEEDED : JobStatus.QUEUED,
        submission.priority(),
        0,
        createdAt,
        null,
        ended ? createdAt : null,
        ended ? createdAt.plus(retention) : null,
        submission.content().options(),
        answer == null ? null : answer.outputs(),
        answer == null ? null : answer.predictions(),
        null,
        ended ? new Job.Metrics(0, 0, 0, CacheResult.HIT) : null);
  }
}
