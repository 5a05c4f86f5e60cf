package io.mlp.worker.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.worker.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;

class RedisGateTest {
  private final MutableClock clock = new MutableClock();
  private final RedisGate gate = new RedisGate(clock);
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

  private void timeout() {
    told++;
    throw new QueryTimeoutException("250 ms");
  }
}
