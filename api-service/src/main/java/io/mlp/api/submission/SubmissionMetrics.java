package io.mlp.api.submission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.submission.validation.NewJob;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** What this api took in, and what it could answer by itself. */
@Component
class SubmissionMetrics {
  private final MeterRegistry meters;
  private final ModelCatalogue catalogue;
  private final Map<Integer, VersionMeters> byVersion = new ConcurrentHashMap<>();

  SubmissionMetrics(MeterRegistry meters, ModelCatalogue catalogue) {
    this.meters = meters;
    this.catalogue = catalogue;
  }

  /**
   * A version's counters.
   *
   * @param finished the workers' counter of the same name, for jobs that no worker sees
   */
  private record VersionMeters(Counter submitted, Counter finished) {
    static VersionMeters of(CataloguedVersion version, MeterRegistry meters) {
      Tags tags = Tags.of("model", version.model(), "version", Integer.toString(version.version()));
      return new VersionMeters(
          Counter.builder("mlp.jobs.submitted")
              .description("Jobs accepted and stored")
              .tags(tags)
              .register(meters),
          Counter.builder("mlp.jobs.finished")
              .description("Jobs whose outcome was recorded")
              .tags(tags.and("outcome", "succeeded", "kind", "none"))
              .register(meters));
    }
  }

  /** Removes the counters of versions that take no jobs any more, or else each would stay. */
  @Scheduled(fixedDelayString = "${api.models.refresh}")
  void forgetRetired() {
    byVersion.forEach((id, its) -> {
      CataloguedVersion version = catalogue.byId(id);
      if (version != null && version.retired()) {
        byVersion.remove(id);
        meters.remove(its.submitted);
        meters.remove(its.finished);
      }
    });
  }

  /** A job has been stored. */
  void accepted(NewJob job) {
    VersionMeters its =
        byVersion.computeIfAbsent(job.version().id(), _ -> VersionMeters.of(job.version(), meters));
    its.submitted.increment();
    if (job.answered()) {
      its.finished.increment();
    }
  }
}
