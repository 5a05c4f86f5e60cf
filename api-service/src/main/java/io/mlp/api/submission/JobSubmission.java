package io.mlp.api.submission;

import io.mlp.api.memory.LargeWork;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.metrics.JobCounters;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.queue.Admission;
import io.mlp.api.retention.RetentionSettings;
import io.mlp.api.status.JobAnswer;
import io.mlp.api.status.JobLookup;
import io.mlp.api.status.Waiters;
import io.mlp.api.submission.reading.JobRequestReader;
import io.mlp.api.submission.storing.KeyTakenException;
import io.mlp.api.submission.storing.SharedCommit;
import io.mlp.api.submission.validation.JobValidation;
import io.mlp.api.submission.validation.NewJob;
import io.mlp.api.trace.RequestTrace;
import io.mlp.cache.CachedAnswer;
import io.mlp.cache.ContentCache;
import io.mlp.job.CachePolicy;
import io.mlp.job.Job;
import io.mlp.job.JobContent;
import io.mlp.job.JobJson;
import io.mlp.trace.JobSpans;
import java.time.Duration;
import java.time.Instant;
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
  private final LargeWork work;
  private final JobValidation validation;
  private final Admission admission;
  private final SharedCommit commit;
  private final Waiters waiters;
  private final JobLookup jobs;
  private final ContentCache answers;
  private final RetentionSettings retention;
  private final JobCounters counters;
  private final JobSpans spans;

  JobSubmission(
      LargeWork work,
      JobValidation validation,
      Admission admission,
      SharedCommit commit,
      Waiters waiters,
      JobLookup jobs,
      ContentCache answers,
      RetentionSettings retention,
      JobCounters counters,
      JobSpans spans) {
    this.work = work;
    this.validation = validation;
    this.admission = admission;
    this.commit = commit;
    this.waiters = waiters;
    this.jobs = jobs;
    this.answers = answers;
    this.retention = retention;
    this.counters = counters;
    this.spans = spans;
  }

  /**
   * An accepted job.
   *
   * @param job as it is now
   * @param stored as it was when it was stored for this request, if it has ended since
   * @param replayed whether it was accepted before, under the same key
   */
  record Accepted(UUID jobId, JobAnswer job, @Nullable JobAnswer stored, boolean replayed) {}

  /** A stored job. It keeps nothing of what was sent, for however long its end is waited for. */
  interface Stored extends AutoCloseable {
    /** The job once it has ended or has been waited for long enough. */
    Accepted awaitEnd();

    @Override
    default void close() {}
  }

  private record Awaited(
      Accepted accepted, Waiters.Waiter waiter, Duration most, JobLookup jobs, Caller caller)
      implements Stored {
    @Override
    public Accepted awaitEnd() {
      return waiter
          .await(most)
          .flatMap(end -> jobs.ended(accepted.jobId(), end, caller))
          .map(ended -> new Accepted(accepted.jobId(), ended, accepted.job(), false))
          .orElse(accepted);
    }

    @Override
    public void close() {
      waiter.close();
    }
  }

  /**
   * The job that a body asks for.
   *
   * @throws ProblemException if it is not valid
   */
  NewJob read(byte[] body, MemoryBudget.Share memory, Caller caller) {
    if (body.length < LargeWork.LARGE) {
      return validation.validate(JobRequestReader.read(body, memory), caller);
    }
    try (var _ = work.begin()) {
      return validation.validate(JobRequestReader.read(body, memory), caller);
    }
  }

  /**
   * Accepts the job, durably. Its end can be waited for no longer than {@code wait}.
   *
   * @param memory holds what the job takes, and nothing of the body that nobody has any more
   * @throws KeyTakenException if another job has its key
   * @throws ProblemException if too many wait, or it cannot be stored
   */
  Stored submit(NewJob job, MemoryBudget.Share memory, Optional<Duration> wait, Caller caller) {
    memory.hold(job.bytesUntilStored());
    Optional<CachedAnswer> answer = answer(job);
    if (answer.isPresent()) {
      Accepted accepted = store(job.answered(answer.get()));
      return () -> accepted;
    }
    admission.admit(job.version(), caller.owner(), caller);
    if (wait.isEmpty()) {
      Accepted accepted = store(job);
      return () -> accepted;
    }
    return storeAwaited(job, wait.get(), caller);
  }

  /** Registered before it is stored, so that no announcement is missed. */
  private Stored storeAwaited(NewJob job, Duration wait, Caller caller) {
    Waiters.Waiter waiter = waiters.register(job.id());
    try {
      return new Awaited(store(job), waiter, wait, jobs, caller);
    } catch (RuntimeException | Error e) {
      waiter.close();
      throw e;
    }
  }

  private Optional<CachedAnswer> answer(NewJob job) {
    JobContent content = job.submission().content();
    return content.options().cache() == CachePolicy.USE
        ? answers.find(
            job.version()
                .contentScope()
                .key(job.submission().owner(), content.inputs(), content.options().outputs()))
        : Optional.empty();
  }

  private Accepted store(NewJob valid) {
    NewJob job = RequestTrace.current().map(valid::in).orElse(valid);
    Instant createdAt = spans.inRequest("commit", () -> commit.store(job));
    Job stored = job.stored(createdAt, retention.jobs());
    counters.accepted(job.version(), job.answered());
    JobAnswer answer = new JobAnswer.Whole(JobJson.write(stored), stored.status().terminal());
    return new Accepted(job.id(), answer, null, false);
  }
}
