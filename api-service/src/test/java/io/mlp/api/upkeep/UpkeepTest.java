package io.mlp.api.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class UpkeepTest {
  private static final int BATCH = 5;

  private long nanos;
  private final Upkeep upkeep = new Upkeep(() -> nanos);

  @Test
  void takesBatchesUntilOneIsNotFull() {
    Deque<Integer> found = new ArrayDeque<>(List.of(5, 5, 3, 5));

    inBatches(found::pop);

    assertThat(found).containsExactly(5);
  }

  @Test
  void looksOnce_whenThereIsNothingToDo() {
    Deque<Integer> found = new ArrayDeque<>(List.of(0, 5));

    inBatches(found::pop);

    assertThat(found).containsExactly(5);
  }

  @Test
  void waitsForTheNextRound_whileTheDatabaseIsAway() {
    assertThatCode(() ->
            inBatches(() -> {
              throw new DataAccessResourceFailureException("away");
            }))
        .doesNotThrowAnyException();
  }

  @Test
  void hidesNoBug() {
    assertThatThrownBy(() ->
            inBatches(() -> {
              throw new IllegalStateException("a bug");
            }))
        .hasMessage("a bug");
  }

  /** A million waiting jobs make a look take a quarter of a second. */
  @Test
  void looksRarely_whereLookingTakesLong() {
    AtomicInteger looks = new AtomicInteger();
    IntSupplier slow =
        () -> {
          looks.incrementAndGet();
          nanos += 100;
          return 0;
        };
    inBatches(slow);

    nanos += 1999;
    inBatches(slow);
    assertThat(looks).hasValue(1);

    nanos += 1;
    inBatches(slow);
    assertThat(looks).hasValue(2);
  }

  private void inBatches(IntSupplier step) {
    upkeep.inBatches(BATCH, step);
  }
}
