package io.mlp.api.submission;

import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.idempotency.IdempotencyKeys;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.status.JobAnswer;
import io.mlp.api.status.JobLookup;
import io.mlp.api.submission.storing.KeyTakenException;
import io.mlp.api.submission.validation.NewJob;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Takes in submissions that their clients have named: however often one is sent, and be it at the
 * same moment, it makes one job, and all get that job as it is then.
 */
@Component
class KeyedSubmission {
  private final JobSubmission submission;
  private final IdempotencyKeys keys;
  private final JobLookup jobs;

  KeyedSubmission(JobSubmission submission, IdempotencyKeys keys, JobLookup jobs) {
    this.submission = submission;
    this.keys = keys;
    this.jobs = jobs;
  }

  /** A named submission as it has been read. */
  sealed interface Sent {
    record FirstTime(IdempotencyKey key, NewJob job) implements Sent {}

    record Again(UUID jobId) implements Sent {}
  }

  /**
   * Looks the key up before the body, which need not be valid any more if it once was.
   *
   * @throws ProblemException 422 if the key was used with another body, or as for any other job
   */
  Sent read(String name, byte[] body, MemoryBudget.Share memory, Caller caller) {
    IdempotencyKey key = IdempotencyKey.of(caller.owner(), name, body);
    return keys.find(key)
        .<Sent>map(Sent.Again::new)
        .orElseGet(() -> new Sent.FirstTime(key, submission.read(body, memory, caller).under(key)));
  }

  /** Accepts the job, or finds the one that there is. */
  JobSubmission.Stored submit(
      Sent sent, MemoryBudget.Share memory, Optional<Duration> wait, Caller caller) {
    return switch (sent) {
      case Sent.Again(UUID jobId) -> () -> replay(jobId, wait, caller);
      case Sent.FirstTime(IdempotencyKey key, NewJob job) -> accept(key, job, memory, wait, caller);
    };
  }

  private JobSubmission.Stored accept(
      IdempotencyKey key,
      NewJob job,
      MemoryBudget.Share memory,
      Optional<Duration> wait,
      Caller caller) {
    try {
      return submission.submit(job, memory, wait, caller);
    } catch (KeyTakenException _) {
      // A duplicate of this request was stored first. Its key can have gone only if it was very
      // old.
      UUID jobId = keys.find(key).orElseThrow(KeyedSubmission::gone);
      return () -> replay(jobId, wait, caller);
    }
  }

  private JobSubmission.Accepted replay(UUID jobId, Optional<Duration> wait, Caller caller) {
    JobAnswer job = jobs.find(jobId, wait, caller).orElseThrow(KeyedSubmission::gone);
    return new JobSubmission.Accepted(jobId, job, null, true);
  }

  private static ProblemException gone() {
    return ProblemException.of(
        ProblemType.JOB_GONE, "The job that was submitted under this key has been deleted");
  }
}
