package io.mlp.worker;

import io.mlp.trace.RequestSampler;
import io.mlp.trace.Tracing;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What is traced of the worker: jobs as the api has decided, and no request to its own port. */
@Configuration(proxyBeanMethods = false)
@Import(Tracing.class)
class TracingConfiguration {
  @Bean
  Sampler sampler() {
    return new RequestSampler(0);
  }
}
