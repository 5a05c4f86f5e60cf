package io.mlp.api.upkeep;

import io.mlp.job.store.JobUpkeep;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Ends jobs whose deadline has passed, waiting or running, whether or not any worker lives. What a
 * worker still records of such a job is refused, for its row in {@code live} is gone.
 */
@Component
class DeadlineSweep {
  private final JobUpkeep jobs;
  private final UpkeepSettings settings;
  private final Upkeep upkeep = new Upkeep();

  DeadlineSweep(JobUpkeep jobs, UpkeepSettings settings) {
    this.jobs = jobs;
    this.settings = settings;
  }

  @Scheduled(fixedDelayString = "${api.upkeep.interval}")
  void run() {
    upkeep.inBatches(settings.batch(), this::sweep);
  }

  /** Ends up to a batch of jobs, and tells how many. */
  int sweep() {
    return jobs.expire(settings.batch());
  }
}
