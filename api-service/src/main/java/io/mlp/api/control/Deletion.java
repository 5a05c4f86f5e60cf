package io.mlp.api.control;

import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.status.JobPaths;
import io.mlp.cache.FinishedJobCache;
import io.mlp.job.JobStatus;
import io.mlp.job.store.StoredJobs;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Deletes jobs that have ended, on their clients' wish and before their time: first from Redis,
 * because a job that the database has no more would still be told from there.
 */
@Component
class Deletion {
  private final StoredJobs stored;
  private final FinishedJobCache cache;
  private final JobPaths paths;

  Deletion(StoredJobs stored, FinishedJobCache cache, JobPaths paths) {
    this.stored = stored;
    this.cache = cache;
    this.paths = paths;
  }

  /**
   * Deletes inputs, outputs and whatever else is known of the job.
   *
   * @throws ProblemException 404 or 410 if there is no such job, 409 if it has not ended, 503 if
   *     Redis does not answer
   */
  void delete(UUID id, Caller caller) {
    requireEnded(id, caller);
    if (!cache.delete(id)) {
      throw ProblemException.passing(
          ProblemType.CACHE_UNAVAILABLE,
          "The job was not deleted, because Redis may have it, too, and does not answer",
          Duration.ofSeconds(2),
          null);
    }
    if (!stored.delete(id)) {
      requireEnded(id, caller);
      throw unfinished("The job is being retried by another request");
    }
  }

  private void requireEnded(UUID id, Caller caller) {
    JobStatus status =
        stored.standing(id, caller.sees()).orElseThrow(() -> paths.absent(id)).status();
    if (!status.terminal()) {
      throw unfinished("The job is " + status.text());
    }
  }

  private static ProblemException unfinished(String detail) {
    return ProblemException.of(ProblemType.JOB_NOT_FINISHED, detail);
  }
}
