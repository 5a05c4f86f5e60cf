package io.mlp.api.lookup;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads once for all who ask at the same moment: one read at a time, and each is answered by a read
 * that began after it asked. Whoever comes while one goes on shares the next with all others.
 */
public final class SharedRead {
  private final Runnable read;
  private final ReentrantLock oneAtATime = new ReentrantLock();

  /** The read that has not begun. */
  private volatile FutureTask<Void> next;

  public SharedRead(Runnable read) {
    this.read = read;
    this.next = task();
  }

  private FutureTask<Void> task() {
    return new FutureTask<>(read, null);
  }

  /** Returns after a read that began after this call; throws what that threw. */
  public void run() {
    FutureTask<Void> mine = next;
    oneAtATime.lock();
    try {
      if (!mine.isDone()) {
        next = task();
        mine.run();
      }
    } finally {
      oneAtATime.unlock();
    }
    outcome(mine);
  }

  private static void outcome(FutureTask<Void> done) {
    try {
      done.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
