package io.mlp.trace;

import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import io.opentelemetry.api.OpenTelemetry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What api and worker need of tracing alike. */
@Configuration(proxyBeanMethods = false)
public class Tracing {
  /** In a log's context, under the names that OpenTelemetry gives them there. */
  public static final String TRACE_ID = "trace_id";

  @Bean
  JobSpans jobSpans(ObjectProvider<OpenTelemetry> telemetry) {
    return new JobSpans(telemetry.getIfAvailable(OpenTelemetry::noop));
  }

  @Bean
  Slf4JEventListener traceInLogs() {
    return new Slf4JEventListener(TRACE_ID, "span_id");
  }
}
