package io.mlp.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Leaves Boot's tracing out where nobody takes the spans: it would make and drop them, and keep a
 * thread for exports. Spring finds it by {@code META-INF/spring.factories}.
 */
public final class TracingIfConfigured implements AutoConfigurationImportFilter, EnvironmentAware {
  private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

  private static final List<String> TRACING =
      List.of(
          "org.springframework.boot.micrometer.tracing.",
          "org.springframework.boot.opentelemetry.");

  private boolean configured;

  @Override
  public void setEnvironment(Environment environment) {
    configured = StringUtils.hasText(environment.getProperty(ENDPOINT));
  }

  @Override
  public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
    boolean[] matches = new boolean[classes.length];
    for (int i = 0; i < classes.length; i++) {
      matches[i] = configured || !isTracing(classes[i]);
    }
    return matches;
  }

  /** Null stands for one that was left out before. */
  private static boolean isTracing(@Nullable String autoConfiguration) {
    return autoConfiguration != null && TRACING.stream().anyMatch(autoConfiguration::startsWith);
  }
}
