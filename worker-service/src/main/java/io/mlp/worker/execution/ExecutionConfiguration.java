package io.mlp.worker.execution;

import io.mlp.worker.repository.RunLimit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What loading a model has to know of running it. */
@Configuration(proxyBeanMethods = false)
class ExecutionConfiguration {
  @Bean
  RunLimit runLimit(ExecutionSettings settings) {
    return new RunLimit(settings.timeLimit());
  }
}
