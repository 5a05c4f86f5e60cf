package io.mlp.api.upkeep;

import io.mlp.api.dispatch.DispatchSettings;
import io.mlp.job.store.Backoff;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.job.store.JobUpkeep;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Takes jobs back from workers that died or hung, ends those whose deadline passed unnoticed, and
 * lets those that seem to have lost their tickets get others. A late record of the lost worker is
 * refused, because the job waits under another fence. Any number of replicas may reap side by side.
 */
@Component
class LeaseReaper {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseReaper.class);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private final JobUpkeep jobs;
  private final UpkeepSettings settings;
  private final DispatchSettings dispatch;

  LeaseReaper(JobUpkeep jobs, UpkeepSettings settings, DispatchSettings dispatch) {
    this.jobs = jobs;
    this.settings = settings;
    this.dispatch = dispatch;
  }

  @Scheduled(fixedDelayString = "${api.upkeep.interval}")
  void run() {
    OUTAGE.unlessAway(this::reap);
  }

  /** Looks at all unfinished jobs once, and tells how many were taken back. */
  int reap() {
    Backoff backoff = new Backoff(settings.backoff(), settings.maxBackoff());
    JobUpkeep.Found found =
        jobs.lookAtAll(
            settings.batch(), backoff, dispatch.redispatchAfter(), ThreadLocalRandom.current());
    if (found.lost() > 0) {
      LOG.warn("{} jobs taken back: their worker's lease ran out", found.lost());
    }
    return found.lost();
  }
}
