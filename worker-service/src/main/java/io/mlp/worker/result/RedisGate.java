package io.mlp.worker.result;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Writes to Redis only while it answers. A dead or hung Redis costs a few timeouts of a quarter
 * second, then nothing: the breaker opens and is tried again every two seconds.
 */
@Component
class RedisGate {
  private static final Logger LOG = LoggerFactory.getLogger(RedisGate.class);

  private final CircuitBreaker breaker;

  RedisGate() {
    this(Clock.systemUTC());
  }

  RedisGate(Clock clock) {
    breaker =
        CircuitBreaker.of(
            "redis",
            CircuitBreakerConfig.custom()
                .slidingWindowSize(10)
                .minimumNumberOfCalls(3)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofSeconds(2))
                .permittedNumberOfCallsInHalfOpenState(1)
                .clock(clock)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(event -> LOG.warn("Redis: {}", event.getStateTransition()));
  }

  void tell(Runnable command) {
    try {
      breaker.executeRunnable(command);
    } catch (CallNotPermittedException _) {
      // Redis accelerates only: whoever waits finds the job in PostgreSQL.
    } catch (DataAccessException e) {
      LOG.debug("Redis did not answer", e);
    }
  }
}
