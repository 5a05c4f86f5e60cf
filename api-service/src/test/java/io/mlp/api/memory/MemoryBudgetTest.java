package io.mlp.api.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.api.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  private final MemoryBudget budget = new MemoryBudget(100, Duration.ZERO);

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

  @Test
  void letsALargeShareWaitForItsTurn() throws InterruptedException {
    MemoryBudget patient = new MemoryBudget(100, Duration.ofMinutes(1));
    MemoryBudget.Share first = patient.open();
    first.take(100);
    Thread second =
        Thread.ofVirtual()
            .start(() -> {
              try (MemoryBudget.Share share = patient.open()) {
                share.takeToBegin(10);
              }
            });
    while (second.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }

    first.giveBack(90);

    assertThat(second.join(Duration.ofSeconds(30))).isTrue();
    first.close();
  }

  @Test
  void refusesALargeShare_whoseTurnDoesNotCome() {
    MemoryBudget hurried = new MemoryBudget(100, Duration.ofMillis(20));
    try (MemoryBudget.Share first = hurried.open();
        MemoryBudget.Share second = hurried.open()) {
      first.take(100);
      assertThatThrownBy(() -> second.takeToBegin(10)).isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void takesWhatGrowsFromWhatWasGivenBackBefore() {
    try (MemoryBudget.Share other = budget.open();
        MemoryBudget.Share share = budget.open()) {
      other.take(10);
      share.take(90);
      share.giveBack(30);
      assertThat(share.held()).isEqualTo(60);
      other.hold(40);
      assertThatThrownBy(() -> share.hold(61)).isInstanceOf(ProblemException.class);
      share.hold(20);
      assertThatCode(() -> other.take(40)).doesNotThrowAnyException();
    }
  }

  /** Else a large one that is alone, or many that are not, would keep all others out. */
  @Test
  void keepsRoomForSmallSharesBesideLargeOnes() {
    MemoryBudget large = new MemoryBudget(128 * MIB, Duration.ZERO);
    try (MemoryBudget.Share alone = large.open();
        MemoryBudget.Share small = large.open();
        MemoryBudget.Share other = large.open()) {
      alone.take(500 * MIB);

      assertThatCode(() -> small.take(64 * KIB)).doesNotThrowAnyException();
      assertThatThrownBy(() -> small.take(1)).isInstanceOf(ProblemException.class);
      assertThatThrownBy(() -> other.take(65 * KIB)).isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void boundsSmallShares() {
    MemoryBudget large = new MemoryBudget(128 * MIB, Duration.ZERO);
    List<MemoryBudget.Share> shares = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      shares.add(large.open());
      shares.getLast().take(64 * KIB);
    }

    assertThatThrownBy(() -> large.open().take(1)).isInstanceOf(ProblemException.class);
    shares.forEach(MemoryBudget.Share::close);
    assertThatCode(() -> large.open().take(1)).doesNotThrowAnyException();
  }

  /** Else many that begin could keep each other from ending for ever. */
  @Test
  void refusesWhatBeginsSoonerThanWhatGoesOn() {
    MemoryBudget large = new MemoryBudget(128 * MIB, Duration.ZERO);
    try (MemoryBudget.Share first = large.open();
        MemoryBudget.Share second = large.open()) {
      first.takeToBegin(20 * MIB);

      assertThatThrownBy(() -> second.takeToBegin(5 * MIB)).isInstanceOf(ProblemException.class);
      assertThatCode(() -> first.takeToBegin(5 * MIB)).doesNotThrowAnyException();
      assertThatCode(() -> second.take(5 * MIB)).doesNotThrowAnyException();
      assertThatCode(() -> first.take(60 * MIB)).doesNotThrowAnyException();
    }
    try (MemoryBudget.Share alone = large.open()) {
      assertThatCode(() -> alone.takeToBegin(200 * MIB)).doesNotThrowAnyException();
    }
  }

  @Test
  void losesNothing_whenManyTakeAtOnce() throws InterruptedException {
    MemoryBudget large = new MemoryBudget(128 * MIB, Duration.ZERO);
    List<Thread> requests = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      requests.add(Thread.ofVirtual().start(() -> manyShares(large)));
    }
    for (Thread request : requests) {
      request.join();
    }
    try (MemoryBudget.Share one = large.open();
        MemoryBudget.Share another = large.open()) {
      one.take(96 * MIB);
      assertThatCode(() -> another.take(64 * KIB)).doesNotThrowAnyException();
      assertThatThrownBy(() -> another.take(MIB)).isInstanceOf(ProblemException.class);
    }
  }

  private static void manyShares(MemoryBudget budget) {
    for (int i = 0; i < 10_000; i++) {
      try (MemoryBudget.Share share = budget.open()) {
        share.take(i);
        share.take(100 * KIB);
        share.giveBack(50 * KIB);
        share.hold(i * 7L);
      }
    }
  }
}
