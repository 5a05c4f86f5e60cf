package io.mlp.api.lookup;

import static io.mlp.api.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedReadTest {
  private static final int MANY = 50;

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger atATime = new AtomicInteger();
  private final AtomicInteger mostAtATime = new AtomicInteger();
  private final Semaphore mayEnd = new Semaphore(0);
  private final SharedRead reads = new SharedRead(this::read);

  private void read() {
    mostAtATime.accumulateAndGet(atATime.incrementAndGet(), Math::max);
    begun.incrementAndGet();
    mayEnd.acquireUninterruptibly();
    atATime.decrementAndGet();
  }

  @Test
  void readsAnewForWhoeverAsksNext() {
    mayEnd.release(2);
    reads.run();
    reads.run();

    assertThat(begun).hasValue(2);
  }

  /** What goes on may have looked before there was what they ask for. */
  @Test
  void answersAllWhoComeDuringARead_byOneThatBeginsAfter() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Void> first = CompletableFuture.runAsync(reads::run, threads);
      eventually().until(() -> begun.get() == 1);
      List<Thread> askers = new ArrayList<>();
      AtomicInteger answered = new AtomicInteger();
      for (int i = 0; i < MANY; i++) {
        askers.add(
            Thread.startVirtualThread(() -> {
              reads.run();
              answered.incrementAndGet();
            }));
      }
      eventually()
          .until(() -> askers.stream().allMatch(it -> it.getState() == Thread.State.WAITING));

      mayEnd.release();
      eventually().until(() -> begun.get() == 2);
      assertThat(first).succeedsWithin(Duration.ofSeconds(10));
      assertThat(answered).as("answered by the read that went on when they asked").hasValue(0);
      mayEnd.release();

      eventually().until(() -> answered.get() == MANY);
      assertThat(begun).hasValue(2);
      assertThat(mostAtATime).hasValue(1);
    }
  }

  @Test
  void tellsAllOfTheFailure_andReadsAnewAfterIt() {
    AtomicInteger tries = new AtomicInteger();
    SharedRead failing =
        new SharedRead(() -> {
          if (tries.incrementAndGet() == 1) {
            throw new IllegalArgumentException("away");
          }
        });

    assertThatThrownBy(failing::run).hasMessage("away");
    failing.run();

    assertThat(tries).hasValue(2);
  }
}
