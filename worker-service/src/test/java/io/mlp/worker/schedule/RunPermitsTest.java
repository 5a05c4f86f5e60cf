package io.mlp.worker.schedule;

import static io.mlp.worker.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.worker.ShippedModels;
import io.mlp.worker.repository.LoadedModel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RunPermitsTest {
  private static final LoadedModel IRIS = ShippedModels.iris();
  private static final LoadedModel DIABETES = ShippedModels.diabetes();

  private final RunPermits permits = new RunPermits(2);
  private final List<String> begun = new CopyOnWriteArrayList<>();

  /** A run that ends at the test's word. */
  private final class Run implements Supplier<String> {
    private final String name;
    private final CountDownLatch end = new CountDownLatch(1);

    Run(String name) {
      this.name = name;
    }

    Thread shared() {
      return shared(IRIS);
    }

    Thread shared(LoadedModel model) {
      return Thread.ofVirtual().start(() -> permits.shared(model, this));
    }

    Thread exclusive() {
      return Thread.ofVirtual().start(() -> permits.exclusive(this));
    }

    @Override
    public String get() {
      begun.add(name);
      try {
        end.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      return name;
    }

    void end() {
      end.countDown();
    }
  }

  @Test
  void letsAsManyOfAModelRunBesideEachOtherAsThereArePermits() throws InterruptedException {
    Run one = new Run("one");
    Run two = new Run("two");
    Run three = new Run("three");
    one.shared();
    two.shared();
    eventually().until(() -> begun.size() == 2);
    Thread third = three.shared();
    eventually().until(() -> third.getState() == Thread.State.WAITING);
    assertThat(begun).containsExactlyInAnyOrder("one", "two");

    one.end();

    eventually().until(() -> begun.contains("three"));
    two.end();
    three.end();
    third.join();
  }

  /** However long the runs of another take. */
  @Test
  void letsAModelBeginOfWhichNothingComputes_butNoSecondTime() throws InterruptedException {
    Run one = new Run("one");
    Run two = new Run("two");
    one.shared();
    two.shared();
    eventually().until(() -> begun.size() == 2);

    Run other = new Run("other");
    other.shared(DIABETES);
    eventually().until(() -> begun.contains("other"));
    Run second = new Run("second");
    Thread waiting = second.shared(DIABETES);
    eventually().until(() -> waiting.getState() == Thread.State.WAITING);
    one.end();
    eventually().until(() -> waiting.getState() == Thread.State.WAITING);
    assertThat(begun).as("two compute still").doesNotContain("second");

    other.end();

    eventually().until(() -> begun.contains("second"));
    two.end();
    second.end();
    waiting.join();
  }

  @Test
  void letsOneRunWithNothingBesideIt_andThoseAfterItWait() throws InterruptedException {
    Run before = new Run("before");
    Run exclusive = new Run("alone");
    Run after = new Run("after");
    before.shared();
    eventually().until(() -> begun.contains("before"));
    Thread lone = exclusive.exclusive();
    eventually().until(() -> lone.getState() == Thread.State.WAITING);
    Thread last = after.shared(DIABETES);
    eventually().until(() -> last.getState() == Thread.State.WAITING);
    assertThat(begun).as("nothing of that model computes, but it came later").hasSize(1);

    before.end();
    eventually().until(() -> begun.contains("alone"));
    assertThat(begun).doesNotContain("after");
    exclusive.end();

    eventually().until(() -> begun.contains("after"));
    after.end();
    last.join();
  }

  @Test
  void letsEverybodyThrough_onceItIsOpen() throws InterruptedException {
    Run first = new Run("first");
    Run exclusive = new Run("alone");
    Run second = new Run("second");
    first.shared();
    eventually().until(() -> begun.contains("first"));
    Thread lone = exclusive.exclusive();
    eventually().until(() -> lone.getState() == Thread.State.WAITING);
    Thread late = second.shared();

    permits.open();

    eventually().until(() -> begun.size() == 3);
    first.end();
    exclusive.end();
    second.end();
    lone.join();
    late.join();
  }
}
