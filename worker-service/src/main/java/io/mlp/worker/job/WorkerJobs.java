package io.mlp.worker.job;

import io.mlp.job.WaitingJob;
import io.mlp.job.store.Backoff;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.Ended;
import io.mlp.job.store.JobEndings;
import io.mlp.job.store.JobLeases;
import io.mlp.job.store.Requeue;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/** The moves that this worker makes with jobs. */
@Component
public class WorkerJobs {
  private final JobLeases leases;
  private final JobEndings endings;
  private final WorkerIdentity worker;
  private final JobSettings settings;
  private final Backoff backoff;

  WorkerJobs(
      @Qualifier("claims") JobLeases leases,
      JobEndings endings,
      WorkerIdentity worker,
      JobSettings settings) {
    this.leases = leases;
    this.endings = endings;
    this.worker = worker;
    this.settings = settings;
    this.backoff = new Backoff(settings.backoff(), settings.maxBackoff());
  }

  /**
   * Claims those of the jobs that still wait under their fences.
   *
   * @param isolated whether they are poison candidates, with nothing beside them from now on
   */
  public List<ClaimedJob> claim(List<WaitingJob> jobs, boolean isolated) {
    return leases.claim(jobs, isolated, worker.id(), settings.lease());
  }

  /**
   * Records the outcomes, durably.
   *
   * @return those that were taken; the others came too late
   */
  public List<RecordedJob> record(List<JobOutcome> outcomes, String modelDigest) {
    Map<UUID, Ended> ended =
        endings
            .end(outcomes.stream().map(JobOutcome::ending).toList(), worker.name(), modelDigest)
            .stream()
            .collect(Collectors.toMap(Ended::id, Function.identity()));
    return outcomes.stream()
        .flatMap(outcome ->
            Stream.ofNullable(ended.get(outcome.job().id()))
                .map(end -> new RecordedJob(outcome, end.completedAt(), end.expiresAt())))
        .toList();
  }

  /**
   * Queues the job again, to be claimed after a backoff; the attempt is kept as history.
   *
   * @return false if the job was taken away meanwhile
   */
  public boolean requeue(JobOutcome.Failed failed) {
    ClaimedJob job = failed.job();
    Requeue requeue =
        Requeue.failed(
            job, failed.failure(), backoff.after(job.attempts(), ThreadLocalRandom.current()));
    return !leases.requeue(List.of(requeue)).isEmpty();
  }

  /**
   * Gives jobs back at once as if they had never been claimed: no attempt is spent.
   *
   * @return how many; the others were taken away meanwhile
   */
  public int release(Collection<ClaimedJob> jobs) {
    return leases.requeue(jobs.stream().map(Requeue::released).toList()).size();
  }
}
