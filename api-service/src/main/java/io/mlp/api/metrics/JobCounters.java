package io.mlp.api.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.Search;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.model.ModelSettings;
import io.mlp.job.FailureKind;
import io.mlp.job.JobStatus;
import io.mlp.job.store.MovedJobs;
import io.mlp.metrics.OutcomeCounters;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The jobs that this api accepted, ended or queued again. Workers count in {@code
 * mlp_jobs_finished_total} what they end, so over all processes it counts each end once. Every
 * counter of a version is there at 0 from when the version is known, because no rate shows the step
 * from nothing to the first.
 */
@Component
public class JobCounters implements MovedJobs {
  private final MeterRegistry meters;
  private final ModelCatalogue catalogue;
  private final ModelSettings settings;
  private final Clock clock;
  private final Map<Integer, VersionCounters> byVersion = new ConcurrentHashMap<>();

  JobCounters(MeterRegistry meters, ModelCatalogue catalogue, ModelSettings settings, Clock clock) {
    this.meters = meters;
    this.catalogue = catalogue;
    this.settings = settings;
    this.clock = clock;
  }

  /** The counters of one version. */
  private static final class VersionCounters {
    private final OutcomeCounters outcomes;
    private final Counter submitted;
    private final Counter answered;
    private volatile Instant lastMoved = Instant.EPOCH;

    VersionCounters(CataloguedVersion version, MeterRegistry meters) {
      this.outcomes = new OutcomeCounters(meters, version.tags());
      this.submitted =
          Counter.builder("mlp.jobs.submitted")
              .description("Jobs accepted and stored")
              .tags(version.tags())
              .register(meters);
      this.answered = outcomes.finished(JobStatus.SUCCEEDED, null);
      outcomes.finished(JobStatus.CANCELED, null);
      outcomes.finished(JobStatus.EXPIRED, null);
      outcomes.finished(JobStatus.FAILED, FailureKind.WORKER_LOST);
      outcomes.finished(JobStatus.FAILED, FailureKind.MODEL_UNAVAILABLE);
      outcomes.requeued(FailureKind.WORKER_LOST);
    }

    void remove() {
      MeterRegistry meters = outcomes.meters();
      Search.in(meters)
          .name(name -> name.startsWith("mlp.jobs."))
          .tags(outcomes.tags())
          .meters()
          .stream()
          .filter(Counter.class::isInstance)
          .forEach(meters::remove);
    }
  }

  /**
   * Makes the counters of new versions, and removes those of versions that are retired, or else
   * each would stay. Jobs that wait for a version are ended after it is retired, so its counters
   * stay for a while after the last of them.
   */
  @Scheduled(fixedDelayString = "${api.models.refresh}")
  void follow() {
    catalogue.all().forEach(this::of);
    Instant before = clock.instant().minus(settings.retireAfter());
    byVersion.forEach((id, counters) -> {
      CataloguedVersion version = catalogue.byId(id);
      if (version != null && retired(version, before) && counters.lastMoved.isBefore(before)) {
        byVersion.remove(id);
        counters.remove();
      }
    });
  }

  private static boolean retired(CataloguedVersion version, Instant before) {
    Instant retiredAt = version.retiredAt();
    return retiredAt != null && retiredAt.isBefore(before);
  }

  private VersionCounters of(CataloguedVersion version) {
    return byVersion.computeIfAbsent(version.id(), _ -> new VersionCounters(version, meters));
  }

  private @Nullable VersionCounters moved(int versionId) {
    CataloguedVersion version = catalogue.byId(versionId);
    if (version == null) {
      return null;
    }
    VersionCounters counters = of(version);
    counters.lastMoved = clock.instant();
    return counters;
  }

  /**
   * A job has been stored.
   *
   * @param answered whether a kept answer ended it at once
   */
  public void accepted(CataloguedVersion version, boolean answered) {
    VersionCounters counters = of(version);
    counters.submitted.increment();
    if (answered) {
      counters.answered.increment();
    }
  }

  @Override
  public void ended(int versionId, JobStatus outcome, @Nullable FailureKind kind) {
    VersionCounters counters = moved(versionId);
    if (counters != null) {
      counters.outcomes.finished(outcome, kind).increment();
    }
  }

  @Override
  public void requeued(int versionId, FailureKind kind) {
    VersionCounters counters = moved(versionId);
    if (counters != null) {
      counters.outcomes.requeued(kind).increment();
    }
  }
}
