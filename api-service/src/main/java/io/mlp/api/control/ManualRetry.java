package io.mlp.api.control;

import io.mlp.api.audit.Actor;
import io.mlp.api.dispatch.FairQueue;
import io.mlp.api.dispatch.Tickets;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.owner.Caller;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.queue.Admission;
import io.mlp.api.status.JobAnswer;
import io.mlp.api.status.JobLookup;
import io.mlp.api.status.JobPaths;
import io.mlp.job.JobStatus;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.StoredJobs;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Queues jobs again that ended without a result, on their clients' wish: with a fresh budget of
 * attempts and without their deadline, which has passed or would soon.
 */
@Component
class ManualRetry {
  private final StoredJobs stored;
  private final AuditedJobs audited;
  private final Admission admission;
  private final ModelCatalogue catalogue;
  private final FairQueue fairQueue;
  private final Tickets tickets;
  private final JobLookup jobs;
  private final JobPaths paths;

  ManualRetry(
      StoredJobs stored,
      AuditedJobs audited,
      Admission admission,
      ModelCatalogue catalogue,
      FairQueue fairQueue,
      Tickets tickets,
      JobLookup jobs,
      JobPaths paths) {
    this.stored = stored;
    this.audited = audited;
    this.admission = admission;
    this.catalogue = catalogue;
    this.fairQueue = fairQueue;
    this.tickets = tickets;
    this.jobs = jobs;
    this.paths = paths;
  }

  /**
   * The job, which waits again.
   *
   * @throws ProblemException 403 if the key may not use its model, 404 if there is no such job, 409
   *     if it has succeeded, has not ended or is being retried by another request, 410 if it is
   *     kept no longer, 503 if too many wait
   */
  JobAnswer retry(UUID id, Caller caller, Actor by) {
    StoredJobs.Standing standing = retryable(id, caller);
    CataloguedVersion version = catalogue.byId(standing.versionId());
    requireAllowed(version, caller);
    boolean ticketed = version != null && admitted(version, standing.owner(), caller);
    Long sequence =
        ticketed
            ? null
            : fairQueue.next(standing.versionId(), standing.priority(), standing.owner());
    Optional<WaitingJob> waiting = audited.retry(id, standing.owner(), sequence, by);
    if (waiting.isEmpty()) {
      retryable(id, caller);
      throw unfinished("The job is being retried by another request");
    }
    if (version != null && ticketed) {
      tickets.send(version, List.of(waiting.get()));
    } else {
      tickets.backlogged(standing.versionId());
    }
    return jobs.find(id, caller).orElseThrow(() -> paths.absent(id));
  }

  private static void requireAllowed(@Nullable CataloguedVersion version, Caller caller) {
    if (version != null && !caller.mayUse(version.model())) {
      throw ProblemException.of(
          ProblemType.FORBIDDEN, "The key may not use model " + version.model());
    }
  }

  /** Whether it gets a ticket at once; there is room for it, or this ends the request. */
  private boolean admitted(CataloguedVersion version, String owner, Caller caller) {
    admission.admit(version, owner, caller);
    return tickets.reserve(version);
  }

  private StoredJobs.Standing retryable(UUID id, Caller caller) {
    StoredJobs.Standing standing =
        stored.standing(id, caller.sees()).orElseThrow(() -> paths.absent(id));
    JobStatus status = standing.status();
    if (!status.terminal()) {
      throw unfinished("The job is " + status.text());
    }
    if (!status.canMoveTo(JobStatus.QUEUED)) {
      throw ProblemException.of(
          ProblemType.JOB_FINISHED, "The job has %s, which is final".formatted(status.text()));
    }
    if (standing.expired()) {
      throw ProblemException.of(ProblemType.JOB_GONE, "The job is kept no longer");
    }
    return standing;
  }

  private static ProblemException unfinished(String detail) {
    return ProblemException.of(ProblemType.JOB_NOT_FINISHED, detail);
  }
}
