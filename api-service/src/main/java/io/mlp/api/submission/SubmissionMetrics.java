package io.mlp.api.submission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.mlp.api.model.CataloguedVersion;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** What this api took in, and what it could answer by itself. */
@Component
class SubmissionMetrics {
  private final MeterRegistry meters;
  private final Map<Integer, VersionMeters> byVersion = new ConcurrentHashMap<>();

  SubmissionMetrics(MeterRegistry meters) {
    this.meters = meters;
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

  /** A job has been stored. */
  void accepted(NewJob job) {
    VersionMeters its =
        byVersion.computeIfAbsent(job.version().id(), _ -> VersionMeters.of(job.version(), meters));
    its.submitted.increment();
    if (job.answer() != null) {
      its.finished.increment();
    }
  }
}
