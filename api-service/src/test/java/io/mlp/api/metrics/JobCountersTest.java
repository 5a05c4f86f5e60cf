package io.mlp.api.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.model.FakeRegistry;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.job.FailureKind;
import io.mlp.job.JobStatus;
import io.mlp.model.ModelSignature;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobCountersTest {
  private static final int DIGITS = 1;

  private final FakeRegistry registry =
      new FakeRegistry().version("digits", 1, new ModelSignature(List.of(), List.of()));
  private final ModelCatalogue catalogue = registry.catalogue();
  private final CountedJobs counted = new CountedJobs(catalogue);
  private final JobCounters counters = counted.counters();

  private double failed(FailureKind kind) {
    return counted.count("mlp.jobs.finished", "outcome", "failed", "kind", kind.text());
  }

  /** A rate sees no step from nothing to 1. */
  @Test
  void areThereBeforeTheFirstJob() {
    assertThat(counted.count("mlp.jobs.submitted")).isEqualTo(-1);

    counters.follow();

    assertThat(counted.count("mlp.jobs.submitted", "model", "digits", "version", "1")).isZero();
    assertThat(counted.count("mlp.jobs.finished", "outcome", "canceled")).isZero();
    assertThat(counted.count("mlp.jobs.finished", "outcome", "expired")).isZero();
    assertThat(failed(FailureKind.WORKER_LOST)).isZero();
    assertThat(failed(FailureKind.MODEL_UNAVAILABLE)).isZero();
    assertThat(counted.count("mlp.jobs.requeued", "kind", "worker_lost")).isZero();
  }

  @Test
  void countEachJobByWhatBecameOfIt() {
    counters.accepted(catalogue.all().getFirst(), false);
    counters.accepted(catalogue.all().getFirst(), true);
    counters.ended(DIGITS, JobStatus.CANCELED, null);
    counters.ended(DIGITS, JobStatus.FAILED, FailureKind.WORKER_LOST);
    counters.requeued(DIGITS, FailureKind.WORKER_LOST);

    assertThat(counted.count("mlp.jobs.submitted")).isEqualTo(2);
    assertThat(counted.count("mlp.jobs.finished", "outcome", "succeeded")).isEqualTo(1);
    assertThat(counted.count("mlp.jobs.finished", "outcome", "canceled", "kind", "none"))
        .isEqualTo(1);
    assertThat(failed(FailureKind.WORKER_LOST)).isEqualTo(1);
    assertThat(counted.count("mlp.jobs.requeued", "kind", "worker_lost")).isEqualTo(1);
  }

  /** Jobs that waited for it end after it is retired, and a scrape has to see that. */
  @Test
  void stayForAWhileAfterTheVersionIsRetiredAndAfterItsLastJob() {
    counters.follow();
    registry.retired("digits", 1);
    catalogue.refresh();
    counters.ended(DIGITS, JobStatus.FAILED, FailureKind.MODEL_UNAVAILABLE);

    counted.clock.advance(Duration.ofSeconds(29));
    counters.follow();
    assertThat(failed(FailureKind.MODEL_UNAVAILABLE)).isEqualTo(1);

    counted.clock.advance(Duration.ofSeconds(2));
    counters.follow();
    assertThat(counted.count("mlp.jobs.finished")).isEqualTo(-1);
    assertThat(counted.count("mlp.jobs.submitted")).isEqualTo(-1);
  }
}
