package io.mlp.worker.execution;

import java.util.concurrent.Semaphore;

/**
 * Who may compute: so many batches side by side, or one with nothing beside it. Everybody waits in
 * the order of asking, so neither kind keeps the other from its turn.
 */
final class RunPermits {
  private final int all;
  private final Semaphore permits;

  RunPermits(int all) {
    this.all = all;
    this.permits = new Semaphore(all, true);
  }

  /** Runs it beside others. */
  void beside(Runnable run) {
    with(1, run);
  }

  /** Runs it when nothing else computes, and lets nothing else compute until it ends. */
  void alone(Runnable run) {
    with(all, run);
  }

  private void with(int count, Runnable run) {
    permits.acquireUninterruptibly(count);
    try {
      run.run();
    } finally {
      permits.release(count);
    }
  }
}
