package io.mlp.api.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.api.MutableClock;
import io.mlp.api.dispatch.Dispatching;
import io.mlp.api.model.FakeRegistry;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.job.store.QueueStatistics.Count;
import io.mlp.model.ModelSignature;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueMetricsTest {
  private static final ModelSignature SIGNATURE = new ModelSignature(List.of(), List.of());

  private final FakeRegistry registry =
      new FakeRegistry().version("digits", 1, SIGNATURE).version("iris", 1, SIGNATURE);
  private final ModelCatalogue catalogue = registry.catalogue();
  private final FakeLiveJobs live = new FakeLiveJobs();
  private final MutableClock clock = new MutableClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final KnownQueues queues =
      new KnownQueues(live, Dispatching.withWindow(1).tickets(), clock);
  private final QueueMetrics metrics = new QueueMetrics(queues, catalogue, meters);

  private double value(String name, String... tags) {
    return meters.get(name).tags(tags).gauge().value();
  }

  @Test
  void tellTheQueueOfEachVersion() {
    live.are(new Count(1, 5, 2, false, 3));
    queues.count();
    metrics.follow();
    clock.advance(Duration.ofSeconds(4));

    assertThat(value("mlp.jobs.in.state", "model", "digits", "state", "queued")).isEqualTo(5);
    assertThat(value("mlp.jobs.in.state", "model", "digits", "state", "running")).isEqualTo(2);
    assertThat(value("mlp.oldest.queued.seconds", "model", "digits")).isEqualTo(3);
    assertThat(value("mlp.jobs.in.state", "model", "iris", "state", "queued")).isZero();
    assertThat(value("mlp.oldest.queued.seconds", "model", "iris")).isZero();
  }

  @Test
  void keepAVersionThatIsRetired_whileJobsWaitForIt() {
    live.are(new Count(1, 5, 0, false, 3));
    queues.count();
    registry.retired("digits", 1);
    catalogue.refresh();
    metrics.follow();
    assertThat(value("mlp.jobs.in.state", "model", "digits", "state", "queued")).isEqualTo(5);

    live.are();
    queues.count();
    metrics.follow();

    assertThat(meters.find("mlp.jobs.in.state").tag("model", "digits").gauges()).isEmpty();
  }
}
