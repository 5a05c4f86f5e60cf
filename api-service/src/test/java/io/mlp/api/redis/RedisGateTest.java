package io.mlp.api.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCommandExecutionException;
import io.mlp.api.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisSystemException;

class RedisGateTest {
  private final MutableClock clock = new MutableClock();
  private final RedisGate gate = new RedisGate(clock);
  private int asked;

  @Test
  void passesOnWhatRedisAnswers() {
    assertThat(gate.ask(() -> "answer", "fallback")).isEqualTo("answer");
  }

  @Test
  void fallsBack_whenRedisDoesNotAnswer() {
    assertThat(gate.ask(this::timeout, "fallback")).isEqualTo("fallback");
  }

  @Test
  void asksNoMore_afterThreeFailures() {
    for (int i = 0; i < 10; i++) {
      assertThat(gate.ask(this::timeout, "fallback")).isEqualTo("fallback");
    }

    assertThat(asked).isEqualTo(3);
  }

  /** One question is let through; the next ones wait for its outcome. */
  @Test
  void asksOnceMore_afterTwoSeconds() {
    open();
    clock.advance(Duration.ofMillis(2001));

    gate.ask(this::timeout, "fallback");
    gate.ask(this::timeout, "fallback");

    assertThat(asked).isEqualTo(4);
  }

  @Test
  void stillAsksNothing_withinTheTwoSeconds() {
    open();
    clock.advance(Duration.ofMillis(1999));

    gate.ask(this::timeout, "fallback");

    assertThat(asked).isEqualTo(3);
  }

  @Test
  void asksAsBefore_onceRedisAnswersAgain() {
    open();
    clock.advance(Duration.ofMillis(2001));

    assertThat(gate.ask(() -> "back", "fallback")).isEqualTo("back");
    assertThat(gate.ask(this::timeout, "fallback")).isEqualTo("fallback");
    assertThat(gate.ask(() -> "still there", "fallback")).isEqualTo("still there");
  }

  /** A value of another type, say; the next question may be answered. */
  @Test
  void goesOnAsking_whileRedisAnswersWithErrors() {
    for (int i = 0; i < 10; i++) {
      assertThat(gate.ask(this::refusal, "fallback")).isEqualTo("fallback");
    }

    assertThat(asked).isEqualTo(10);
  }

  /** That Redis is away is no fault of the caller; a fault of the caller is. */
  @Test
  void hidesNoFaultOfItsCaller() {
    assertThatThrownBy(() ->
            gate.ask(
                () -> {
                  throw new IllegalStateException("a bug");
                },
                "fallback"))
        .hasMessage("a bug");
  }

  private void open() {
    for (int i = 0; i < 3; i++) {
      gate.ask(this::timeout, "fallback");
    }
  }

  private String refusal() {
    asked++;
    throw new RedisSystemException(
        "Error in execution", new RedisCommandExecutionException("WRONGTYPE"));
  }

  private String timeout() {
    asked++;
    throw new QueryTimeoutException("250 ms");
  }
}
