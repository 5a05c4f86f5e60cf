package io.mlp.cache;

import static org.springframework.core.NestedExceptionUtils.getMostSpecificCause;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.lettuce.core.RedisCommandExecutionException;
import io.mlp.outage.Outage;
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
 * timeouts of a quarter second, then nothing: the circuit breaker opens, and one call is tried
 * every two seconds until it is well again. Each purpose has a circuit breaker of its own, for one
 * may fail while another does not: a full Redis, or a replica, takes no writes, but answers reads
 * and passes messages on.
 */
public final class RedisCircuitBreaker {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCircuitBreaker.class);

  private final CircuitBreaker breaker;
  private final Outage outage;
  private volatile Throwable lastFailure = new IllegalStateException("none so far");

  /** Redis answers, but does not do it. */
  private volatile boolean refused;

  private RedisCircuitBreaker(
      String purpose, Clock clock, Predicate<Throwable> failure, Outage outage) {
    this.outage = outage;
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
        .onError(event -> lastFailure = event.getThrowable())
        .onStateTransition(event -> log(event.getStateTransition()));
  }

  /** An outage is told once for all purposes; a refusal where it begins and where it ends. */
  private void log(StateTransition transition) {
    if (transition.getToState() == CircuitBreaker.State.OPEN && !answered(lastFailure)) {
      outage.failed(lastFailure);
    } else if (transition.getToState() == CircuitBreaker.State.OPEN && !refused) {
      refused = true;
      LOG.warn(
          "Redis: no {} for now: {}",
          breaker.getName(),
          getMostSpecificCause(lastFailure).getMessage());
    } else if (transition.getToState() == CircuitBreaker.State.CLOSED && refused) {
      refused = false;
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
    return whileItAnswers(purpose, clock, Outage.OF_REDIS);
  }

  static RedisCircuitBreaker whileItAnswers(String purpose, Clock clock, Outage outage) {
    return new RedisCircuitBreaker(purpose, clock, failure -> !answered(failure), outage);
  }

  /**
   * For what costs much: it opens also while Redis refuses to do it.
   *
   * @param purpose in the plural, for the log
   */
  public static RedisCircuitBreaker whileItObeys(String purpose, Clock clock) {
    return new RedisCircuitBreaker(purpose, clock, _ -> true, Outage.OF_REDIS);
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
