package io.mlp.api.trace;

import io.mlp.trace.RequestSampler;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is traced of the api. */
@Configuration(proxyBeanMethods = false)
class TracingConfiguration {
  @Bean
  Sampler sampler(TracingSettings settings) {
    return new RequestSampler(settings.sampling());
  }
}
