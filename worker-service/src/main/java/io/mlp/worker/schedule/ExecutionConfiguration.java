package io.mlp.worker.schedule;

import io.mlp.worker.repository.RunLimit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What other packages have to know of the settings. */
@Configuration(proxyBeanMethods = false)
class ExecutionConfiguration {
  @Bean
  RunLimit runLimit(ExecutionSettings settings) {
    return new RunLimit(settings.timeLimit());
  }

  @Bean
  InputBudget inputBudget() {
    return new InputBudget(Runtime.getRuntime().maxMemory());
  }

  @Bean
  RunPermits runPermits(ExecutionSettings settings) {
    return new RunPermits(settings.effectiveRuns());
  }
}
