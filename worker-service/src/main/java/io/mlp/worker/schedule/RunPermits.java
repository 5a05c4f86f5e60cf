package io.mlp.worker.schedule;

import io.mlp.worker.repository.LoadedModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Who may compute: batches side by side, or one with nothing beside it.
 *
 * <p>A model of which nothing computes may always begin, so no other can keep it waiting, however
 * long that one's runs take: the processors are shared meanwhile. Further runs of a model begin
 * while fewer compute than there are permits. Who wants to be alone waits for those that compute,
 * and keeps back those that ask later.
 */
public final class RunPermits {
  private final int all;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<LoadedModel, Integer> running = new HashMap<>();
  private final Deque<Long> waitingExclusive = new ArrayDeque<>();
  private long asked;
  private boolean exclusive;
  private boolean open;

  /**
   * @param all so many runs of one model may compute at a time
   */
  public RunPermits(int all) {
    this.all = all;
  }

  /** Runs it beside others. */
  public <T> T shared(LoadedModel model, Supplier<T> run) {
    lock.lock();
    try {
      long arrival = asked++;
      awaitUntil(() -> !exclusive && !isLate(arrival) && mayBegin(model));
      running.merge(model, 1, Integer::sum);
    } finally {
      lock.unlock();
    }
    try {
      return run.get();
    } finally {
      ended(() -> running.computeIfPresent(model, (_, count) -> count == 1 ? null : count - 1));
    }
  }

  /** Whether somebody asked before it who wants to be alone. */
  private boolean isLate(long arrival) {
    return !waitingExclusive.isEmpty() && waitingExclusive.peek() < arrival;
  }

  private boolean mayBegin(LoadedModel model) {
    return !running.containsKey(model)
        || running.values().stream().mapToInt(Integer::intValue).sum() < all;
  }

  /** Runs it when nothing else computes, and lets nothing else compute until it ends. */
  public <T> T exclusive(Supplier<T> run) {
    lock.lock();
    try {
      long arrival = asked++;
      waitingExclusive.add(arrival);
      awaitUntil(() -> !exclusive && running.isEmpty() && !isLate(arrival));
      waitingExclusive.remove(arrival);
      exclusive = true;
    } finally {
      lock.unlock();
    }
    try {
      return run.get();
    } finally {
      ended(() -> exclusive = false);
    }
  }

  private void awaitUntil(BooleanSupplier mayBegin) {
    while (!open && !mayBegin.getAsBoolean()) {
      changed.awaitUninterruptibly();
    }
  }

  private void ended(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets everybody through who waits, now and from now on. */
  public void open() {
    ended(() -> open = true);
  }
}
