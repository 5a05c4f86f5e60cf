package io.mlp.api.queue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The unfinished jobs of each version, as the last count found them. Every replica counts the same
 * rows, so dashboards take the maximum over replicas.
 */
@Component
class QueueMetrics {
  private final KnownQueues queues;
  private final ModelCatalogue catalogue;
  private final MultiGauge unfinished;
  private final MultiGauge oldest;

  QueueMetrics(KnownQueues queues, ModelCatalogue catalogue, MeterRegistry meters) {
    this.queues = queues;
    this.catalogue = catalogue;
    this.unfinished =
        MultiGauge.builder("mlp.jobs.in.state")
            .description("Unfinished jobs, counted in the database")
            .register(meters);
    this.oldest =
        MultiGauge.builder("mlp.oldest.queued.seconds")
            .description(
                "How long the job that waits longest could have been claimed at the last count")
            .register(meters);
  }

  /** Has the versions that are in service, and those that are not but that jobs wait for. */
  @Scheduled(fixedDelayString = "${api.models.refresh}")
  void follow() {
    List<CataloguedVersion> versions =
        Stream.concat(
                catalogue.all().stream(), queues.queued().stream().map(id -> catalogue.byId(id)))
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    unfinished.register(versions.stream().flatMap(this::states).toList());
    oldest.register(versions.stream().map(this::oldest).toList());
  }

  private Stream<MultiGauge.Row<?>> states(CataloguedVersion version) {
    KnownQueue queue = queues.queue(version.id());
    Tags tags = version.tags();
    return Stream.of(
        MultiGauge.Row.of(tags.and("state", "queued"), queue, KnownQueue::queued),
        MultiGauge.Row.of(tags.and("state", "running"), queue, KnownQueue::running));
  }

  private MultiGauge.Row<?> oldest(CataloguedVersion version) {
    return MultiGauge.Row.of(
        version.tags(), queues.queue(version.id()), KnownQueue::oldestSecondsAtCount);
  }
}
