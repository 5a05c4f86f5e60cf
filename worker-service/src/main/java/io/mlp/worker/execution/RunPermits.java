package io.mlp.worker.execution;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Who may compute: so many batches side by side, or one with nothing beside it. Everybody waits in
 * the order of asking, so neither kind keeps the other from its turn.
 */
final class RunPermits {
  /** More than are ever asked for. */
  private static final int ENOUGH = 1 << 20;

  private final int all;
  private final Semaphore permits;

  RunPermits(int all) {
    this.all = all;
    this.permits = new Semaphore(all, true);
  }

  /** Runs it beside others. */
  <T> T beside(Supplier<T> run) {
    return with(1, run);
  }

  /** Runs it when nothing else computes, and lets nothing else compute until it ends. */
  <T> T alone(Supplier<T> run) {
    return with(all, run);
  }

  private <T> T with(int count, Supplier<T> run) {
    permits.acquireUninterruptibly(count);
    try {
      return run.get();
    } finally {
      permits.release(count);
    }
  }

  /** Lets everybody through who waits, now and from now on. */
  void open() {
    permits.release(ENOUGH);
  }
}
