package io.mlp.worker.schedule;

import static io.mlp.worker.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class InputBudgetTest {
  private static final long MEBIBYTE = 1 << 20;

  /** 32 MiB in all. */
  private final InputBudget budget = new InputBudget(512 * MEBIBYTE);

  private final List<String> begun = new CopyOnWriteArrayList<>();

  private Thread batch(String name, long bytes, CountDownLatch end) {
    return Thread.ofVirtual()
        .start(() ->
            budget.with(
                bytes,
                () -> {
                  begun.add(name);
                  try {
                    end.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  return name;
                }));
  }

  private void awaitBegun(String... names) {
    eventually().until(() -> begun.equals(List.of(names)));
  }

  @Test
  void letsBatchesRunSideBySide_asFarAsTheirBytesFit() throws InterruptedException {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(1);
    Thread one = batch("20", 20 * MEBIBYTE, first);
    awaitBegun("20");
    Thread two = batch("12", 12 * MEBIBYTE, others);
    awaitBegun("20", "12");
    Thread three = batch("1", MEBIBYTE, others);
    eventually().until(() -> three.getState() == Thread.State.WAITING);

    first.countDown();

    awaitBegun("20", "12", "1");
    others.countDown();
    for (Thread thread : List.of(one, two, three)) {
      thread.join();
    }
  }

  @Test
  void keepsNoSmallBatchWaiting() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    Thread large = batch("large", 32 * MEBIBYTE, end);
    awaitBegun("large");

    assertThat(budget.with(4096, () -> "small")).isEqualTo("small");

    end.countDown();
    large.join();
  }

  /** It would wait for ever otherwise. */
  @Test
  void letsALargerOneRun_whenNoOtherLargeOneDoes() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    Thread first = batch("first", MEBIBYTE, end);
    awaitBegun("first");
    Thread huge = batch("huge", 3_000 * MEBIBYTE, end);
    eventually().until(() -> huge.getState() == Thread.State.WAITING);

    end.countDown();

    awaitBegun("first", "huge");
    first.join();
    huge.join();
  }

  @Test
  void gathersHalfOfItIntoABatch() {
    assertThat(budget.ofBatch()).isEqualTo(16 * MEBIBYTE);
  }
}
