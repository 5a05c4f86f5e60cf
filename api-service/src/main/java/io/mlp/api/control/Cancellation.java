package io.mlp.api.control;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.status.JobLookup;
import io.mlp.api.status.JobPaths;
import io.mlp.api.status.Waiters;
import io.mlp.job.JobStatus;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Ends unfinished jobs on their clients' wish, waiting or running, whether or not any worker lives.
 */
@Component
class Cancellation {
  private static final int TRIES = 3;

  private final ClientMoves moves;
  private final JobLookup jobs;
  private final JobPaths paths;
  private final Waiters waiters;

  Cancellation(ClientMoves moves, JobLookup jobs, JobPaths paths, Waiters waiters) {
    this.moves = moves;
    this.jobs = jobs;
    this.paths = paths;
    this.waiters = waiters;
  }

  /**
   * The canceled job's JSON, also if it had been canceled before.
   *
   * @throws ProblemException 404 if there is no such job, 409 if it has ended in another way
   */
  byte[] cancel(UUID id) {
    for (int i = 0; i < TRIES; i++) {
      if (moves.cancel(id)) {
        return ended(id);
      }
      JobStatus standing = moves.standing(id).orElseThrow(() -> paths.absent(id)).status();
      if (standing == JobStatus.CANCELED) {
        return job(id).json();
      }
      if (standing.terminal()) {
        throw ProblemException.of(
            ProblemType.JOB_FINISHED, "The job has %s already".formatted(standing.text()));
      }
      // It ended and was retried between the two looks: once more.
    }
    throw ProblemException.passing(
        ProblemType.JOB_NOT_FINISHED,
        "The job is being retried at this moment",
        Duration.ofSeconds(1),
        null);
  }

  /** Wakes whoever waits here; requests that wait at other replicas find it within a second. */
  private byte[] ended(UUID id) {
    JobLookup.Found job = job(id);
    if (job.finished()) {
      waiters.ended(id, job.json());
    }
    return job.json();
  }

  private JobLookup.Found job(UUID id) {
    return jobs.find(id).orElseThrow(() -> paths.absent(id));
  }
}
