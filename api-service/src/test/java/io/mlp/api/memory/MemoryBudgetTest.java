package io.mlp.api.memory;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.api.problem.ProblemException;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(100);

  @Test
  void refusesWhatWouldGoBeyondIt() {
    try (MemoryBudget.Share first = budget.open();
        MemoryBudget.Share second = budget.open()) {
      first.take(60);
      second.take(40);
      assertThatThrownBy(() -> second.take(1)).isInstanceOf(ProblemException.class);
      assertThatThrownBy(() -> first.take(1)).isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void hasRoomAgainForWhatWasGivenBack() {
    try (MemoryBudget.Share other = budget.open()) {
      other.take(10);
      try (MemoryBudget.Share first = budget.open()) {
        first.take(90);
      }
      try (MemoryBudget.Share second = budget.open()) {
        assertThatCode(() -> second.take(90)).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void letsWhoeverIsAloneGoBeyondIt() {
    try (MemoryBudget.Share alone = budget.open()) {
      alone.take(60);
      assertThatCode(() -> alone.take(1000)).doesNotThrowAnyException();
      try (MemoryBudget.Share other = budget.open()) {
        assertThatThrownBy(() -> other.take(1)).isInstanceOf(ProblemException.class);
      }
    }
  }
}
