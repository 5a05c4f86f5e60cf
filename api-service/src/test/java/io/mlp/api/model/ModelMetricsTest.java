package io.mlp.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.model.ModelSignature;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelMetricsTest {
  private static final ModelSignature SIGNATURE = new ModelSignature(List.of(), List.of());

  private final FakeRegistry registry =
      new FakeRegistry()
          .version("digits", 1, SIGNATURE)
          .version("iris", 1, SIGNATURE)
          .served("digits", 1, "worker-a")
          .servedWithOtherBytes("digits", 1, "worker-b")
          .refused("iris", 1, "worker-a", "no model")
          .refused("iris", 1, "worker-b", "no model")
          .refused("broken", 3, "worker-a", "no model");
  private final ModelCatalogue catalogue = registry.catalogue();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ModelMetrics metrics = new ModelMetrics(catalogue, meters);

  private double value(String name, String model) {
    return meters.get(name).tag("model", model).gauge().value();
  }

  @Test
  void tellWhoServesAVersion_andWhoCannot() {
    metrics.follow();

    assertThat(value("mlp.model.workers", "digits")).isEqualTo(1);
    assertThat(value("mlp.model.workers", "iris")).isZero();
    assertThat(value("mlp.model.load.failures", "digits")).isZero();
    assertThat(value("mlp.model.load.failures", "iris")).isEqualTo(2);
    assertThat(value("mlp.model.load.failures", "broken")).isEqualTo(1);
    assertThat(meters.get("mlp.model.conflicts").gauge().value()).isEqualTo(1);
  }

  @Test
  void followTheWorkers() {
    metrics.follow();
    registry.served("iris", 1, "worker-c").retired("digits", 1);
    catalogue.refresh();

    metrics.follow();

    assertThat(value("mlp.model.workers", "iris")).isEqualTo(1);
    assertThat(meters.find("mlp.model.workers").tag("model", "digits").gauges()).isEmpty();
    assertThat(meters.get("mlp.model.conflicts").gauge().value()).isZero();
  }
}
