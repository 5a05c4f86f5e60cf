package io.mlp.api.control;

import io.mlp.api.audit.Actor;
import io.mlp.api.metrics.JobCounters;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.status.JobAnswer;
import io.mlp.api.status.JobEnd;
import io.mlp.api.status.JobLookup;
import io.mlp.api.status.JobPaths;
import io.mlp.api.status.Waiters;
import io.mlp.job.JobStatus;
import io.mlp.job.store.StoredJobs;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Ends unfinished jobs on their clients' wish, waiting or running, whether or not any worker lives.
 */
@Component
class Cancellation {
  private static final int TRIES = 3;

  private final StoredJobs stored;
  private final AuditedJobs audited;
  private final JobLookup jobs;
  private final JobPaths paths;
  private final Waiters waiters;
  private final JobCounters counters;

  Cancellation(
      StoredJobs stored,
      AuditedJobs audited,
      JobLookup jobs,
      JobPaths paths,
      Waiters waiters,
      JobCounters counters) {
    this.stored = stored;
    this.audited = audited;
    this.jobs = jobs;
    this.paths = paths;
    this.waiters = waiters;
    this.counters = counters;
  }

  /**
   * The canceled job, also if it had been canceled before.
   *
   * @throws ProblemException 404 if there is no such job, 409 if it has ended in another way
   */
  JobAnswer cancel(UUID id, Caller caller, Actor by) {
    for (int i = 0; i < TRIES; i++) {
      StoredJobs.Standing standing =
          stored.standing(id, caller.sees()).orElseThrow(() -> paths.absent(id));
      if (standing.status() == JobStatus.CANCELED) {
        return job(id, caller);
      }
      if (standing.status().terminal()) {
        throw ProblemException.of(
            ProblemType.JOB_FINISHED, "The job has %s already".formatted(standing.status().text()));
      }
      if (audited.cancel(id, standing, by)) {
        counters.ended(standing.versionId(), JobStatus.CANCELED, null);
        return ended(id, caller);
      }
      // It moved on between the two: once more.
    }
    throw ProblemException.passing(
        ProblemType.JOB_NOT_FINISHED,
        "The job moves on at this moment, again and again",
        Duration.ofSeconds(1),
        null);
  }

  /** Wakes whoever waits here; requests that wait at other replicas find it within a second. */
  private JobAnswer ended(UUID id, Caller caller) {
    JobAnswer job = job(id, caller);
    if (job instanceof JobAnswer.Whole(byte[] json, boolean finished) && finished) {
      waiters.ended(id, new JobEnd.Told(json));
    }
    return job;
  }

  private JobAnswer job(UUID id, Caller caller) {
    return jobs.find(id, caller).orElseThrow(() -> paths.absent(id));
  }
}
