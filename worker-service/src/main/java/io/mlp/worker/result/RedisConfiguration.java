package io.mlp.worker.result;

import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnection.PipeliningFlushPolicy;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Sends a pipeline in one piece, not each of its commands by itself. */
@Configuration(proxyBeanMethods = false)
class RedisConfiguration {
  RedisConfiguration(LettuceConnectionFactory connections) {
    connections.setPipeliningFlushPolicy(PipeliningFlushPolicy.flushOnClose());
  }
}
