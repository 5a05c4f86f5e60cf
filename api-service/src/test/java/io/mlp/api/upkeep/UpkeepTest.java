package io.mlp.api.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;

class UpkeepTest {
  private static final Logger LOG = LoggerFactory.getLogger(UpkeepTest.class);
  private static final int BATCH = 5;

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

  private static void inBatches(IntSupplier step) {
    Upkeep.inBatches("Nothing is kept", BATCH, step, LOG);
  }
}
