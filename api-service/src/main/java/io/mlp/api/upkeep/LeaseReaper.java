package io.mlp.api.upkeep;

import io.mlp.job.store.Backoff;
import io.mlp.job.store.JobUpkeep;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Takes jobs back from workers that died or hung: when a lease has run out, by the database's
 * clock, the job is queued again after a backoff as a suspect, which workers run alone. Only a loss
 * while it ran alone spends an attempt, for only then was it surely the job's doing; when that was
 * the last one, the job fails. The fence it was claimed under has no lease any more, so a late
 * record of the lost worker is refused. Any number of replicas may reap side by side.
 */
@Component
class LeaseReaper {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseReaper.class);

  private final JobUpkeep jobs;
  private final UpkeepSettings settings;
  private final Upkeep upkeep = new Upkeep("Leases are not reaped", LOG);

  LeaseReaper(JobUpkeep jobs, UpkeepSettings settings) {
    this.jobs = jobs;
    this.settings = settings;
  }

  @Scheduled(fixedDelayString = "${api.upkeep.interval}")
  void run() {
    upkeep.inBatches(settings.batch(), this::reap);
  }

  /** Takes back up to a batch of jobs, and tells how many. */
  int reap() {
    Backoff backoff = new Backoff(settings.backoff(), settings.maxBackoff());
    int lost = jobs.reap(settings.batch(), backoff, ThreadLocalRandom.current());
    if (lost > 0) {
      LOG.warn("{} jobs taken back: their worker's lease ran out", lost);
    }
    return lost;
  }
}
