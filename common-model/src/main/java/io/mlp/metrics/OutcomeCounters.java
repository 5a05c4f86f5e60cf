package io.mlp.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.mlp.job.FailureKind;
import io.mlp.job.JobStatus;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the jobs of one model version. Api and worker count by the same names, so that
 * the sum over all processes has each end once.
 *
 * @param tags model and version
 */
public record OutcomeCounters(MeterRegistry meters, Tags tags) {
  /** Counts jobs whose outcome was recorded; they have a kind if they failed. */
  public Counter finished(JobStatus outcome, @Nullable FailureKind kind) {
    return Counter.builder("mlp.jobs.finished")
        .description("Jobs whose outcome was recorded")
        .tags(tags.and("outcome", outcome.text(), "kind", kind == null ? "none" : kind.text()))
        .register(meters);
  }

  /** Counts attempts that failed and will be tried again. */
  public Counter requeued(FailureKind kind) {
    return Counter.builder("mlp.jobs.requeued")
        .description("Attempts that failed and will be tried again")
        .tags(tags.and("kind", kind.text()))
        .register(meters);
  }
}
