package io.mlp.api.control;

import io.mlp.api.audit.Actor;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.status.JobPaths;
import io.mlp.cache.FinishedJobCache;
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
  private final AuditedJobs audited;
  private final FinishedJobCache cache;
  private final JobPaths paths;

  Deletion(StoredJobs stored, AuditedJobs audited, FinishedJobCache cache, JobPaths paths) {
    this.stored = stored;
    this.audited = audited;
    this.cache = cache;
    this.paths = paths;
  }

  /**
   * Deletes inputs, outputs and whatever else is known of the job.
   *
   * @throws ProblemException 404 or 410 if there is no such job, 409 if it has not ended, 503 if
   *     Redis does not answer
   */
  void delete(UUID id, Caller caller, Actor by) {
    String owner = ended(id, caller).owner();
    if (!cache.delete(id)) {
      throw ProblemException.passing(
          ProblemType.CACHE_UNAVAILABLE,
          "The job was not deleted, because Redis may have it, too, and does not answer",
          Duration.ofSeconds(2),
          null);
    }
    if (!audited.delete(id, owner, by)) {
      ended(id, caller);
      throw unfinished("The job is being retried by another request");
    }
  }

  private StoredJobs.Standing ended(UUID id, Caller caller) {
    StoredJobs.Standing standing =
        stored.standing(id, caller.sees()).orElseThrow(() -> paths.absent(id));
    if (!standing.status().terminal()) {
      throw unfinished("The job is " + standing.status().text());
    }
    return standing;
  }

  private static ProblemException unfinished(String detail) {
    return ProblemException.of(ProblemType.JOB_NOT_FINISHED, detail);
  }
}
