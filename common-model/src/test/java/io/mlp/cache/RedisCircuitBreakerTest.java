package io.mlp.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCommandExecutionException;
import io.mlp.outage.Outage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisSystemException;

@ExtendWith(OutputCaptureExtension.class)
class RedisCircuitBreakerTest {
  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final InstantSource time = () -> now;
  private final RedisCircuitBreaker breaker =
      RedisCircuitBreaker.whileItAnswers("tests", time.withZone(ZoneOffset.UTC));
  private int asked;

  @Test
  void passesOnWhatRedisAnswers() {
    assertThat(breaker.ask(() -> "answer", "fallback")).isEqualTo("answer");
  }

  @Test
  void tellsWhetherRedisHasDoneIt() {
    assertThat(breaker.tell(() -> asked++)).isTrue();
    assertThat(breaker.tell(this::timeout)).isFalse();

    assertThat(asked).isEqualTo(2);
  }

  @Test
  void fallsBack_whenRedisDoesNotAnswer_andAsksNoMoreAfterThreeFailures() {
    for (int i = 0; i < 10; i++) {
      assertThat(breaker.ask(this::timeout, "fallback")).isEqualTo("fallback");
    }

    assertThat(asked).isEqualTo(3);
  }

  /** One question is let through; the next ones wait for its outcome. */
  @Test
  void asksOnceMore_afterTwoSeconds() {
    open();
    now = now.plusMillis(2001);

    breaker.ask(this::timeout, "fallback");
    breaker.ask(this::timeout, "fallback");

    assertThat(asked).isEqualTo(4);
  }

  @Test
  void stillAsksNothing_withinTheTwoSeconds() {
    open();
    now = now.plusMillis(1999);

    breaker.ask(this::timeout, "fallback");
    assertThat(breaker.tell(this::timeout)).isFalse();

    assertThat(asked).isEqualTo(3);
  }

  @Test
  void asksAsBefore_onceRedisAnswersAgain() {
    open();
    now = now.plusMillis(2001);

    assertThat(breaker.ask(() -> "back", "fallback")).isEqualTo("back");
    assertThat(breaker.ask(this::timeout, "fallback")).isEqualTo("fallback");
    assertThat(breaker.ask(() -> "still there", "fallback")).isEqualTo("still there");
  }

  /** A value of another type, say; the next question may be answered. */
  @Test
  void goesOnAsking_whileRedisAnswersWithErrors() {
    for (int i = 0; i < 10; i++) {
      assertThat(breaker.ask(this::refusal, "fallback")).isEqualTo("fallback");
    }

    assertThat(asked).isEqualTo(10);
  }

  @Test
  void sendsNothingMoreThatIsRefused_whereItIsToBeObeyed() {
    RedisCircuitBreaker obeyed =
        RedisCircuitBreaker.whileItObeys("writes", time.withZone(ZoneOffset.UTC));
    for (int i = 0; i < 10; i++) {
      assertThat(obeyed.tell(this::refusal)).isFalse();
    }

    assertThat(asked).isEqualTo(3);
    assertThat(breaker.tell(() -> asked++)).as("another purpose").isTrue();
  }

  /** However many purposes meet it, and however often each tries. */
  @Test
  void anOutageIsLoggedOnceWithItsCause(CapturedOutput output) {
    Outage outage = new Outage("Redis", "all waits", () -> 0);
    for (String purpose : List.of("tests", "others")) {
      RedisCircuitBreaker its =
          RedisCircuitBreaker.whileItAnswers(purpose, time.withZone(ZoneOffset.UTC), outage);
      for (int i = 0; i < 30; i++) {
        its.tell(this::timeout);
        now = now.plus(Duration.ofSeconds(1));
      }
    }

    assertThat(outage.away()).isTrue();
    assertThat(lines(output))
        .singleElement()
        .asString()
        .contains("WARN", "Redis does not answer, all waits until it does: ", "after 250 ms");
  }

  /** It answers, so this is no outage. */
  @Test
  void aRefusalIsLoggedOnceWithItsCause_andSoIsItsEnd(CapturedOutput output) {
    RedisCircuitBreaker obeyed =
        RedisCircuitBreaker.whileItObeys("writes", time.withZone(ZoneOffset.UTC));
    for (int i = 0; i < 30; i++) {
      obeyed.tell(this::refusal);
      now = now.plus(Duration.ofSeconds(1));
    }
    now = now.plus(Duration.ofSeconds(3));
    obeyed.tell(() -> {});
    obeyed.tell(() -> {});

    assertThat(lines(output))
        .satisfiesExactly(
            begin -> assertThat(begin).contains("WARN", "Redis: no writes for now: OOM command"),
            end -> assertThat(end).contains("INFO", "Redis: writes again"));
  }

  private static List<String> lines(CapturedOutput output) {
    return output.getOut().lines().filter(line -> line.matches(".*(WARN|INFO).*Redis.*")).toList();
  }

  /** That Redis is away is no fault of the caller; a fault of the caller is. */
  @Test
  void hidesNoFaultOfItsCaller() {
    assertThatThrownBy(() ->
            breaker.tell(() -> {
              throw new IllegalStateException("a bug");
            }))
        .hasMessage("a bug");
  }

  private void open() {
    for (int i = 0; i < 3; i++) {
      breaker.tell(this::timeout);
    }
  }

  private String refusal() {
    asked++;
    throw new RedisSystemException(
        "Error in execution", new RedisCommandExecutionException("OOM command not allowed"));
  }

  private String timeout() {
    asked++;
    throw new QueryTimeoutException("Redis command timed out", new Throwable("after 250 ms"));
  }
}
