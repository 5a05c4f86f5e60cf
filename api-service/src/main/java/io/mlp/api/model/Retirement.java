package io.mlp.api.model;

import io.mlp.job.store.DatabaseOutage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Retires versions that were removed from the workers' repositories: no job is taken for them any
 * more. A version whose workers died or were stopped is not retired, its jobs wait for them.
 */
@Component
class Retirement {
  private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private final RegisteredVersions registered;
  private final double grace;
  private final double silence;

  Retirement(RegisteredVersions registered, ModelSettings settings) {
    this.registered = registered;
    this.grace = settings.retireAfter().toMillis() / 1000.0;
    this.silence = settings.workerSilence().toMillis() / 1000.0;
  }

  @Scheduled(fixedDelayString = "${api.models.refresh}")
  void run() {
    OUTAGE.unlessAway(() -> {
      int retired = registered.retire(grace, silence);
      if (retired > 0) {
        LOG.info("{} model versions are retired: they were removed from the repositories", retired);
      }
      int revived = registered.revive(silence);
      if (revived > 0) {
        LOG.info("{} retired model versions are back", revived);
      }
    });
  }
}
