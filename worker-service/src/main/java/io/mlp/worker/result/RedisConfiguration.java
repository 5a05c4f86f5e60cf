package io.mlp.worker.result;

import io.mlp.cache.ContentCache;
import io.mlp.cache.RedisReads;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.connection.lettuce.LettuceConnection.PipeliningFlushPolicy;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Reads the cache as the api does; sends a pipeline in one piece, not each command by itself. */
@Configuration(proxyBeanMethods = false)
@Import({RedisReads.class, ContentCache.class})
class RedisConfiguration {
  RedisConfiguration(LettuceConnectionFactory connections) {
    connections.setPipeliningFlushPolicy(PipeliningFlushPolicy.flushOnClose());
  }

  /** Of the circuit breakers. */
  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }
}
