package io.mlp.worker.repository;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailedModelTest {
  @Test
  void keepsAReasonThatCanBeStoredAndShown() {
    FailedModel failed = new FailedModel("m", 1, "a\0b\nc\ud800d" + "x".repeat(5000));

    assertThat(failed.reason()).startsWith("a\ufffdb\ufffdc\ufffddx").endsWith("x…").hasSize(1001);
  }
}
