package io.mlp.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class TracingIfConfiguredTest {
  private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private final ApplicationContextRunner spring =
      new ApplicationContextRunner().withUserConfiguration(Application.class);

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  @Test
  void letsBootTrace_whereSomebodyTakesTheSpans() {
    spring
        .withPropertyValues(ENDPOINT + "=http://127.0.0.1:1/v1/traces")
        .run(context -> assertThat(context).hasSingleBean(SdkTracerProvider.class));
  }

  /** Compose sets a variable to the empty text, where it has no value. */
  @ParameterizedTest
  @ValueSource(strings = {"unset=", ENDPOINT + "=", ENDPOINT + "= "})
  void leavesNothingOfItOtherwise(String property) {
    spring
        .withPropertyValues(property)
        .run(context ->
            assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(SdkTracerProvider.class)
                .doesNotHaveBean(io.micrometer.tracing.Tracer.class)
                .hasSingleBean(ObservationAutoConfiguration.class));
  }
}
