package io.mlp.worker.result;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Reaches Redis for one purpose, and only while that is of use. A dead or hung Redis costs a few
 * timeouts of a quarter second, then nothing: the breaker opens and is tried again every two
 * seconds. Each purpose has a gate of its own, for one may fail while another does not: a full
 * Redis, or a replica, takes no writes, but passes messages on.
 */
final class RedisGate {
  private static final Logger LOG = LoggerFactory.getLogger(RedisGate.class);

  private final CircuitBreaker breaker;
  private volatile String lastFailure = "";

  private RedisGate(String purpose, Clock clock, Predicate<Throwable> failure) {
    breaker =
        CircuitBreaker.of(
            purpose,
            CircuitBreakerConfig.custom()
                .slidingWindowSize(10)
                .minimumNumberOfCalls(3)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofSeconds(2))
                .permittedNumberOfCallsInHalfOpenState(1)
                .recordException(failure)
                .clock(clock)
                .build());
    breaker.getEventPublisher().onStateTransition(event -> log(event.getStateTransition()));
  }

  /** Not of each try in between. */
  private void log(StateTransition transition) {
    if (transition == StateTransition.CLOSED_TO_OPEN) {
      LOG.warn("{} not done for now: {}", breaker.getName(), lastFailure);
    } else if (transition == StateTransition.HALF_OPEN_TO_CLOSED) {
      LOG.info("{} done again", breaker.getName());
    }
  }

  /** For what costs little: it closes while Redis does not answer; an error is an answer. */
  static RedisGate whileItAnswers(String purpose, Clock clock) {
    return new RedisGate(purpose, clock, failure -> !answered(failure));
  }

  /** For what costs much: it closes also while Redis refuses to do it. */
  static RedisGate whileItObeys(String purpose, Clock clock) {
    return new RedisGate(purpose, clock, _ -> true);
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
      failed(e);
      return fallback;
    }
  }

  /** Tells whether Redis has done it. */
  boolean tell(Runnable command) {
    try {
      breaker.executeRunnable(command);
      return true;
    } catch (CallNotPermittedException _) {
      // Redis accelerates only: whoever waits finds the job in PostgreSQL.
      return false;
    } catch (DataAccessException e) {
      failed(e);
      return false;
    }
  }

  private void failed(DataAccessException e) {
    lastFailure = String.valueOf(e.getMostSpecificCause().getMessage());
    LOG.debug("Redis did not do it", e);
  }
}
