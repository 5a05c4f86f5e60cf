package io.mlp.api.retention;

import io.mlp.job.JobIds;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.job.store.JobUpkeep;
import java.time.Clock;
import java.util.UUID;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Deletes finished jobs whose time is over, with their attempts. No index tells which they are, for
 * it would make every record dearer; but ids sort by age, so it walks the key from the oldest job
 * on, up to the first that is too young to have expired, and begins anew.
 *
 * <p>While most of what it finds may go, it goes on without a pause; jobs that are old but
 * unfinished cost one step at a time. Any number of replicas may walk side by side.
 */
@Component
class ExpiredJobs {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();
  private static final UUID BEGINNING = new UUID(0, 0);

  private final JobUpkeep jobs;
  private final Clock clock;
  private final RetentionSettings settings;

  /** The job that was looked at last; only the one thread that walks uses it. */
  private UUID last = BEGINNING;

  ExpiredJobs(JobUpkeep jobs, Clock clock, RetentionSettings settings) {
    this.jobs = jobs;
    this.clock = clock;
    this.settings = settings;
  }

  @Scheduled(fixedDelayString = "${api.retention.interval}")
  void run() {
    OUTAGE.unlessAway(() -> {
      while (step() * 2 > settings.step()) {
        // Most of them could go, so the next ones are looked at, too.
      }
    });
  }

  /** Looks at the next jobs, deletes those that have expired, and tells how many. */
  int step() {
    UUID young = JobIds.leastAt(clock.instant().minus(settings.jobs()));
    JobUpkeep.Step step = jobs.deleteExpired(last, young, settings.step());
    last = step.walked() < settings.step() ? BEGINNING : step.last();
    return step.deleted();
  }
}
