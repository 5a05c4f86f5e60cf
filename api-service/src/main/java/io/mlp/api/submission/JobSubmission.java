package io.mlp.api.submission;

import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.queue.Admission;
import io.mlp.api.retention.RetentionSettings;
import io.mlp.api.status.JobAnswer;
import io.mlp.api.status.JobLookup;
import io.mlp.api.status.Waiters;
import io.mlp.api.submission.reading.JobRequest;
import io.mlp.api.submission.storing.KeyTakenException;
import io.mlp.api.submission.storing.SharedCommit;
import io.mlp.api.submission.validation.JobValidation;
import io.mlp.api.submission.validation.NewJob;
import io.mlp.cache.CachedAnswer;
import io.mlp.cache.ContentCache;
import io.mlp.job.CachePolicy;
import io.mlp.job.Job;
import io.mlp.job.JobContent;
import io.mlp.job.JobJson;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Takes one job in: validates it, looks whether its answer is known, stores it, sends its ticket,
 * and waits for its end if asked to.
 */
@Component
class JobSubmission {
  private final JobValidation validation;
  private final Admission admission;
  private final SharedCommit commit;
  private final Waiters waiters;
  private final JobLookup jobs;
  private final ContentCache answers;
  private final RetentionSettings retention;
  private final SubmissionMetrics metrics;

  JobSubmission(
      JobValidation validation,
      Admission admission,
      SharedCommit commit,
      Waiters waiters,
      JobLookup jobs,
      ContentCache answers,
      RetentionSettings retention,
      SubmissionMetrics metrics) {
    this.validation = validation;
    this.admission = admission;
    this.commit = commit;
    this.waiters = waiters;
    this.jobs = jobs;
    this.answers = answers;
    this.retention = retention;
    this.metrics = metrics;
  }

  /**
   * An accepted job.
   *
   * @param job as it is now
   * @param stored as it was when it was stored for this request, if it has ended since
   * @param replayed whether it was accepted before, under the same key
   */
  record Accepted(UUID jobId, JobAnswer job, @Nullable JobAnswer stored, boolean replayed) {}

  /**
   * Accepts the job, durably, and stays for its end no longer than {@code wait}.
   *
   * @throws ProblemException if it is not valid, too many wait, or it cannot be stored
   */
  Accepted submit(JobRequest request, Optional<Duration> wait) {
    return accept(validation.validate(request), wait);
  }

  /**
   * Accepts the job under its client's key.
   *
   * @throws KeyTakenException if another job has the key
   */
  Accepted submit(JobRequest request, IdempotencyKey key, Optional<Duration> wait) {
    return accept(validation.validate(request).under(key), wait);
  }

  private Accepted accept(NewJob job, Optional<Duration> wait) {
    Optional<CachedAnswer> answer = answer(job);
    if (answer.isPresent()) {
      return store(job.answered(answer.get()));
    }
    admission.admit(job.version());
    if (wait.isEmpty()) {
      return store(job);
    }
    // Registered before it is stored, so that no announcement is missed.
    try (Waiters.Waiter waiter = waiters.register(job.id())) {
      Accepted accepted = store(job);
      return waiter
          .await(wait.get())
          .flatMap(end -> jobs.ended(job.id(), end))
          .map(ended -> new Accepted(job.id(), ended, accepted.job(), false))
          .orElse(accepted);
    }
  }

  private Optional<CachedAnswer> answer(NewJob job) {
    JobContent content = job.submission().content();
    return content.options().cache() == CachePolicy.USE
        ? answers.find(
            job.version().contentScope().key(content.inputs(), content.options().outputs()))
        : Optional.empty();
  }

  private Accepted store(NewJob job) {
    Job stored = job.stored(commit.store(job), retention.jobs());
    metrics.accepted(job);
    JobAnswer answer = new JobAnswer.Whole(JobJson.write(stored), stored.status().terminal());
    return new Accepted(job.id(), answer, null, false);
  }
}
