package io.mlp.api.redis;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Asks Redis only while it answers. A dead or hung Redis costs a few timeouts of a quarter second,
 * then nothing: the breaker opens and is tried again every two seconds. One that answers with an
 * error is there: it may have what is asked for next.
 */
@Component
class RedisGate {
  private static final Logger LOG = LoggerFactory.getLogger(RedisGate.class);

  private final CircuitBreaker breaker;

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
                .recordException(failure -> !answered(failure))
                .clock(clock)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(event -> LOG.warn("Redis: {}", event.getStateTransition()));
  }

  private static boolean answered(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .anyMatch(RedisCommandExecutionException.class::isInstance);
  }

  /** What Redis answers, or the fallback if it does not. */
  <T> T ask(Supplier<T> question, T fallback) {
    try {
      return breaker.executeSupplier(question);
    } catch (CallNotPermittedException _) {
      return fallback;
    } catch (DataAccessException e) {
      LOG.debug("Redis did not answer", e);
      return fallback;
    }
  }
}
