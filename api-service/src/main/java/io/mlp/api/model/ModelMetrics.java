package io.mlp.api.model;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Which models live workers serve. Every replica reads the same rows, so dashboards take the
 * maximum over replicas.
 */
@Component
class ModelMetrics {
  private final ModelCatalogue catalogue;
  private final MultiGauge workers;
  private final MultiGauge failures;

  ModelMetrics(ModelCatalogue catalogue, MeterRegistry meters) {
    this.catalogue = catalogue;
    this.workers =
        MultiGauge.builder("mlp.model.workers")
            .description("Live workers that serve the version")
            .register(meters);
    this.failures =
        MultiGauge.builder("mlp.model.load.failures")
            .description("Live workers that cannot load what their repository has as the version")
            .register(meters);
    Gauge.builder("mlp.model.conflicts", catalogue, ModelMetrics::conflicts)
        .description("Model versions of which live workers have different bytes")
        .register(meters);
  }

  private static double conflicts(ModelCatalogue catalogue) {
    return catalogue.all().stream().filter(version -> !version.conflicts().isEmpty()).count();
  }

  /** Workers come and go, so each reading has its own rows. */
  @Scheduled(fixedDelayString = "${api.models.refresh}")
  void follow() {
    List<CataloguedVersion> versions = catalogue.all();
    workers.register(
        versions.stream().map(it -> row(it.tags(), it.workers().size())).toList(), true);
    Map<Tags, Long> failed = new HashMap<>();
    versions.forEach(version -> failed.put(version.tags(), 0L));
    failed.putAll(
        catalogue.refused().stream().collect(groupingBy(RefusedVersion::tags, counting())));
    failures.register(
        failed.entrySet().stream().map(it -> row(it.getKey(), it.getValue())).toList(), true);
  }

  private static MultiGauge.Row<?> row(Tags tags, Number value) {
    return MultiGauge.Row.of(tags, value);
  }
}
