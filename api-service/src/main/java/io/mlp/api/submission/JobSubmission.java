package io.mlp.api.submission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.queue.Admission;
import io.mlp.api.status.Waiters;
import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Takes one job in: validates it, stores it, sends its ticket, and waits for its end if asked to.
 */
@Component
class JobSubmission {
  private final JobValidation validation;
  private final Admission admission;
  private final SharedCommit commit;
  private final Waiters waiters;
  private final MeterRegistry meters;
  private final Map<Integer, Counter> submitted = new ConcurrentHashMap<>();

  JobSubmission(
      JobValidation validation,
      Admission admission,
      SharedCommit commit,
      Waiters waiters,
      MeterRegistry meters) {
    this.validation = validation;
    this.admission = admission;
    this.commit = commit;
    this.waiters = waiters;
    this.meters = meters;
  }

  /**
   * An accepted job.
   *
   * @param json the job as it is now
   * @param finished whether it has ended already
   * @param replayed whether it was accepted before, under the same key
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Accepted(UUID jobId, byte[] json, boolean finished, boolean replayed) {}

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
    if (wait.isEmpty()) {
      return store(job);
    }
    // Registered before it is stored, so that no announcement is missed.
    try (Waiters.Waiter waiter = waiters.register(job.id())) {
      Accepted accepted = store(job);
      return waiter
          .await(wait.get())
          .map(json -> new Accepted(job.id(), json, true, false))
          .orElse(accepted);
    }
  }

  private Accepted store(NewJob job) {
    admission.admit(job.version());
    Instant createdAt = commit.store(job);
    counter(job).increment();
    return new Accepted(job.id(), JobJson.write(queued(job, createdAt)), false, false);
  }

  private static Job queued(NewJob job, Instant createdAt) {
    return new Job(
        job.id(),
        job.version().model(),
        job.version().version(),
        job.version().digest(),
        JobStatus.QUEUED,
        job.priority(),
        0,
        createdAt,
        null,
        null,
        null,
        job.metadata(),
        null,
        null,
        null,
        null);
  }

  private Counter counter(NewJob job) {
    return submitted.computeIfAbsent(
        job.version().id(),
        _ ->
            Counter.builder("mlp.jobs.submitted")
                .description("Jobs accepted and stored")
                .tag("model", job.version().model())
                .tag("version", Integer.toString(job.version().version()))
                .register(meters));
  }
}
