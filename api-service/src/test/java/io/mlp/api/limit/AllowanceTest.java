package io.mlp.api.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class AllowanceTest {
  private static final int PER_SECOND = 200;
  private static final int BLOCK = 10;

  private final Queue<Runnable> ahead = new ArrayDeque<>();
  private long now;
  private long there = 1000;
  private int questions;
  private final Allowance allowance = new Allowance(PER_SECOND, this::give, ahead::add, () -> now);

  private long give(long most) {
    questions++;
    long given = Math.min(most, there);
    there -= given;
    return given;
  }

  private int taken(int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += allowance.take() ? 1 : 0;
    }
    return taken;
  }

  @Test
  void takesABlockForManyRequests() {
    assertThat(taken(BLOCK)).isEqualTo(BLOCK);
    assertThat(questions).isEqualTo(1);
    assertThat(there).isEqualTo(1000 - BLOCK);
  }

  @Test
  void takesTheNextBlockAheadOfTime_once() {
    taken(BLOCK / 2);
    assertThat(ahead).hasSize(1);
    taken(2);
    assertThat(ahead).hasSize(1);

    ahead.remove().run();

    assertThat(allowance.left()).isEqualTo(BLOCK / 2 - 2 + BLOCK);
    assertThat(questions).isEqualTo(2);
  }

  @Test
  void grantsNoMoreThanThereIs() {
    there = 25;
    assertThat(taken(100)).isEqualTo(25);
  }

  @Test
  void doesNotAskAgainForAWhile_whenThereIsNothing() {
    there = 0;
    assertThat(taken(100)).isZero();
    assertThat(questions).isEqualTo(1);

    there = 5;
    assertThat(taken(1)).isZero();
    now += Duration.ofMillis(10).toNanos();

    assertThat(taken(10)).isEqualTo(5);
  }

  @Test
  void grantsEvenTheSmallestRate() {
    Allowance slow = new Allowance(1, this::give, ahead::add, () -> now);
    there = 1;
    assertThat(slow.take()).isTrue();
    assertThat(slow.take()).isFalse();
    there = 1;
    assertThat(slow.take()).isFalse();
    now += Duration.ofSeconds(1).toNanos();
    assertThat(slow.take()).isTrue();
  }
}
