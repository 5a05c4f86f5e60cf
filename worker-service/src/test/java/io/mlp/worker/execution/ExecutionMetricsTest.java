package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.mlp.worker.repository.ModelVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a scrape of a worker holds. */
class ExecutionMetricsTest {
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ExecutionMetrics metrics = new ExecutionMetrics(meters);

  private List<String> series(String start) {
    return meters.scrape().lines().filter(line -> line.startsWith(start)).toList();
  }

  @Test
  void everyRareCounterIsThereAt0_onceAVersionIsServed() {
    metrics.expect(new ModelVersion("digits", 1));

    assertThat(series("mlp_jobs_finished_total{"))
        .hasSize(8)
        .allMatch(line -> line.endsWith(" 0.0"))
        .anyMatch(line -> line.contains("kind=\"model_error\"") && line.contains("digits"));
    assertThat(series("mlp_jobs_requeued_total{")).hasSize(3);
    assertThat(series("mlp_jobs_released_total{")).hasSize(1);
  }

  @Test
  void histogramsHaveSixteenBucketsAtMost() {
    metrics.measured(new ModelVersion("digits", 1));

    assertThat(series("mlp_job_queue_seconds_bucket"))
        .hasSize(16)
        .anyMatch(line -> line.contains("le=\"0.001\""))
        .anyMatch(line -> line.contains("le=\"600.0\""));
  }

  @Test
  void aThousandModelsThatAllRanJobs_areFewerThan50000Series() {
    for (int i = 0; i < 1000; i++) {
      metrics.expect(new ModelVersion("m" + i, 1));
    }
    for (int i = 0; i < 1000; i++) {
      metrics.measured(new ModelVersion("m" + i, 1));
    }

    assertThat(series("mlp_")).hasSizeBetween(10_000, 49_000);
    assertThat(series("mlp_job_queue_seconds_count{")).hasSize(500);
    assertThat(series("mlp_job_queue_seconds_count{model=\"m999\"")).hasSize(1);
    assertThat(series("mlp_job_queue_seconds_count{model=\"m0\"")).isEmpty();
  }
}
