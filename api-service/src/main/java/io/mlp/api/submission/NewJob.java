package io.mlp.api.submission;

import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.cache.CachedAnswer;
import io.mlp.job.CachePolicy;
import io.mlp.job.CacheResult;
import io.mlp.job.Job;
import io.mlp.job.JobContent;
import io.mlp.job.JobStatus;
import io.mlp.job.store.Submission;
import io.mlp.tensor.Tensor;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that has passed every check and may be stored.
 *
 * @param pinned whether its client named the version: then it runs on no other
 * @param key if its client has named the submission, to be stored with the job or not at all
 * @param answer if it is known already: then the job is stored as one that has succeeded
 */
record NewJob(
    UUID id,
    CataloguedVersion version,
    boolean pinned,
    String owner,
    List<Tensor> inputs,
    @Nullable List<String> outputs,
    int priority,
    int maxAttempts,
    @Nullable Instant deadline,
    Map<String, String> metadata,
    CachePolicy cache,
    @Nullable IdempotencyKey key,
    @Nullable CachedAnswer answer) {

  /** The same job, under a key. */
  NewJob under(IdempotencyKey name) {
    return with(name, answer);
  }

  /** The same job, with its answer. */
  NewJob answered(CachedAnswer known) {
    return with(key, known);
  }

  private NewJob with(@Nullable IdempotencyKey itsKey, @Nullable CachedAnswer itsAnswer) {
    return new NewJob(
        id,
        version,
        pinned,
        owner,
        inputs,
        outputs,
        priority,
        maxAttempts,
        deadline,
        metadata,
        cache,
        itsKey,
        itsAnswer);
  }

  /** What it asks for. */
  JobContent content(Instant createdAt) {
    Set<String> names = outputs == null ? Set.of() : new LinkedHashSet<>(outputs);
    return new JobContent(createdAt, inputs, names, cache, metadata);
  }

  /**
   * What is stored of it.
   *
   * @param sequence its place in the backlog; null if it has a ticket
   */
  Submission submission(@Nullable Long sequence) {
    return new Submission(
        id,
        version.id(),
        pinned,
        owner,
        inputs,
        outputs,
        priority,
        sequence,
        maxAttempts,
        deadline,
        metadata,
        cache,
        key == null ? null : new Submission.Key(key.name(), key.fingerprint()),
        answer == null
            ? null
            : new Submission.Answer(answer.outputs(), answer.predictions(), version.digest()));
  }

  /**
   * The job as clients see it once it is stored.
   *
   * @param retention from its end, which is now if its answer is known
   */
  Job stored(Instant createdAt, Duration retention) {
    boolean ended = answer != null;
    return new Job(
        id,
        version.model(),
        version.version(),
        version.digest(),
        ended ? JobStatus.SUCCEEDED : JobStatus.QUEUED,
        priority,
        0,
        createdAt,
        null,
        ended ? createdAt : null,
        ended ? createdAt.plus(retention) : null,
        metadata,
        answer == null ? null : answer.outputs(),
        answer == null ? null : answer.predictions(),
        null,
        ended ? new Job.Metrics(0, 0, 0, CacheResult.HIT) : null);
  }
}
