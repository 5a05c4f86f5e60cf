package io.mlp.worker.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.worker.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExecutionSettingsTest {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  @Test
  void runsOneBatchAProcessor_whenNothingIsSet() {
    ExecutionSettings settings = Settings.of(ExecutionSettings.class);

    assertThat(settings.effectiveRuns()).isEqualTo(PROCESSORS);
    assertThat(settings.effectiveBatchesInFlight()).isEqualTo(2 * PROCESSORS);
  }

  @Test
  void keepsTwoBatchesInFlightARun_whenOnlyTheRunsAreSet() {
    ExecutionSettings settings = Settings.of(ExecutionSettings.class, Map.of("runs", 3));

    assertThat(settings.effectiveRuns()).isEqualTo(3);
    assertThat(settings.effectiveBatchesInFlight()).isEqualTo(6);
  }

  @Test
  void doesAsItIsTold() {
    ExecutionSettings settings =
        Settings.of(ExecutionSettings.class, Map.of("runs", 3, "batches-in-flight", 4));

    assertThat(settings.effectiveBatchesInFlight()).isEqualTo(4);
  }
}
