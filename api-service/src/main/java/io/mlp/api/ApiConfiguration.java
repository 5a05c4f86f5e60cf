package io.mlp.api;

import io.mlp.cache.ContentCache;
import io.mlp.cache.FinishedJobCache;
import io.mlp.cache.RedisReads;
import io.mlp.outage.BrokerWatch;
import io.mlp.trace.Tracing;
import java.time.Clock;
import java.time.OffsetDateTime;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** What several features share. */
@Configuration(proxyBeanMethods = false)
@Import({
  RedisReads.class,
  ContentCache.class,
  FinishedJobCache.class,
  BrokerWatch.class,
  Tracing.class
})
class ApiConfiguration {
  @Bean
  DatabaseClock clock(JdbcClient jdbc) {
    return new DatabaseClock(
        Clock.systemUTC(),
        System::nanoTime,
        () -> jdbc.sql("select clock_timestamp()").query(OffsetDateTime.class).single());
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
