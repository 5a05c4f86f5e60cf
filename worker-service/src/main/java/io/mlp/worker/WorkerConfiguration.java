package io.mlp.worker;

import io.mlp.outage.BrokerWatch;
import io.mlp.trace.RequestSampler;
import io.mlp.trace.Tracing;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What the worker has of no feature's own. */
@Configuration(proxyBeanMethods = false)
@Import({BrokerWatch.class, Tracing.class})
class WorkerConfiguration {
  /** Jobs are traced as the api has decided, and no request to the worker's own port is. */
  @Bean
  Sampler sampler() {
    return new RequestSampler(0);
  }
}
