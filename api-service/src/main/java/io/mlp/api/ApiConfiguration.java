package io.mlp.api;

import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** What several features share. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration {
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** Threads enough that a task which waits for a dead dependency holds up no other. */
  @Bean
  ThreadPoolTaskScheduler taskScheduler() {
    ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    scheduler.setPoolSize(12);
    scheduler.setThreadNamePrefix("upkeep-");
    scheduler.setDaemon(true);
    return scheduler;
  }
}
