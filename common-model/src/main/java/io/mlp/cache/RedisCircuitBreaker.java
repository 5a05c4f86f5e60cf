package io.mlp.cache;

import static org.springframework.core.NestedExceptionUtils.getMostSpecificCause;

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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Reaches Redis for one purpose, and only while that is of use. A dead or hung Redis costs a few
 * timeouts of a quarter second, then nothing: the circuit breaker opens, and one call is tried
 * every two seconds until it is well again. Each purpose has a circuit breaker of its own, for one
 * may fail while another does not: a full Redis, or a replica, takes no writes, but answers reads
 * and passes messages on.
 */
public final class RedisCircuitBreaker {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCircuitBreaker.class);

  private final CircuitBreaker breaker;
  private volatile @Nullable String lastFailure;

  private RedisCircuitBreaker(String purpose, Clock clock, Predicate<Throwable> failure) {
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
    breaker
        .getEventPublisher()
        .onError(event -> lastFailure = getMostSpecificCause(event.getThrowable()).getMessage())
        .onStateTransition(event -> log(event.getStateTransition()));
  }

  /** Where an outage begins and where it ends, but not each try in between. */
  private void log(StateTransition transition) {
    if (transition == StateTransition.CLOSED_TO_OPEN) {
      LOG.warn("Redis: no {} for now: {}", breaker.getName(), lastFailure);
    } else if (transition == StateTransition.HALF_OPEN_TO_CLOSED) {
      LOG.info("Redis: {} again", breaker.getName());
    }
  }

  /**
   * For what costs little: it opens while Redis does not answer. An error is an answer, for the
   * next command may succeed.
   *
   * @param purpose in the plural, for the log
   */
  public static RedisCircuitBreaker whileItAnswers(String purpose, Clock clock) {
    return new RedisCircuitBreaker(purpose, clock, failure -> !answered(failure));
  }

  /**
   * For what costs much: it opens also while Redis refuses to do it.
   *
   * @param purpose in the plural, for the log
   */
  public static RedisCircuitBreaker whileItObeys(String purpose, Clock clock) {
    return new RedisCircuitBreaker(purpose, clock, _ -> true);
  }

  private static boolean answered(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
        .anyMatch(RedisCommandExecutionException.class::isInstance);
  }

  /** What Redis answers, or the fallback if it does not, or is not asked. */
  public <T> T ask(Supplier<T> question, T fallback) {
    try {
      return breaker.executeSupplier(question);
    } catch (CallNotPermittedException _) {
      return fallback;
    } catch (DataAccessException e) {
      LOG.debug("Redis: {} failed", breaker.getName(), e);
      return fallback;
    }
  }

  /** Tells whether Redis has done it. */
  public boolean tell(Runnable command) {
    return ask(
        () -> {
          command.run();
          return true;
        },
        false);
  }
}
