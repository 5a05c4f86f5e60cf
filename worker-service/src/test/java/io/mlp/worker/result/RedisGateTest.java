package io.mlp.worker.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCommandExecutionException;
import io.mlp.worker.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisSystemException;

class RedisGateTest {
  private final MutableClock clock = new MutableClock();
  private final RedisGate gate = RedisGate.whileItAnswers("Telling Redis is", clock);
  private int told;

  @Test
  void tellsRedis() {
    gate.tell(() -> told++);

    assertThat(told).isEqualTo(1);
  }

  @Test
  void tellsNothingMore_afterThreeFailures() {
    for (int i = 0; i < 10; i++) {
      gate.tell(this::timeout);
    }

    assertThat(told).isEqualTo(3);
  }

  @Test
  void triesOnceMore_afterTwoSeconds() {
    open();
    clock.advance(Duration.ofMillis(2001));

    gate.tell(this::timeout);
    gate.tell(this::timeout);

    assertThat(told).isEqualTo(4);
  }

  @Test
  void tellsAsBefore_onceRedisAnswersAgain() {
    open();
    clock.advance(Duration.ofMillis(2001));

    gate.tell(() -> told++);
    gate.tell(this::timeout);
    gate.tell(() -> told++);

    assertThat(told).isEqualTo(6);
  }

  /** Whoever answers is there, be it with an error: the next command may be another. */
  @Test
  void goesOn_whileRedisAnswersWithErrors() {
    for (int i = 0; i < 10; i++) {
      assertThat(gate.tell(this::refusal)).isFalse();
    }

    assertThat(told).isEqualTo(10);
  }

  @Test
  void sendsNothingMoreThatIsRefused_whereItIsToBeObeyed() {
    RedisGate obeyed = RedisGate.whileItObeys("Keeping is", clock);
    for (int i = 0; i < 10; i++) {
      assertThat(obeyed.tell(this::refusal)).isFalse();
    }

    assertThat(told).isEqualTo(3);
  }

  @Test
  void hidesNoFaultOfItsCaller() {
    assertThatThrownBy(() ->
            gate.tell(() -> {
              throw new IllegalStateException("a bug");
            }))
        .hasMessage("a bug");
  }

  private void open() {
    for (int i = 0; i < 3; i++) {
      gate.tell(this::timeout);
    }
  }

  private void refusal() {
    told++;
    throw new RedisSystemException(
        "Error in execution", new RedisCommandExecutionException("OOM command not allowed"));
  }

  private void timeout() {
    told++;
    throw new QueryTimeoutException("250 ms");
  }
}
