package io.mlp.local;

import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Undoes in reverse order whatever was started, once, whoever asks and whenever: while starting,
 * while running, twice. Each step has its time; one that hangs or fails does not save the others.
 */
final class Stopping {
  private final Duration patience;
  private final ReentrantLock starting = new ReentrantLock();
  private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();
  private volatile boolean requested;

  /**
   * @param patience how long to wait for one step
   */
  Stopping(Duration patience) {
    this.patience = patience;
  }

  /** A start that a stop would wait for, since half started things cannot be stopped. */
  interface Start<T extends AutoCloseable> {
    T start() throws Exception;
  }

  boolean requested() {
    return requested;
  }

  /**
   * Starts something, to be closed by {@link #stop}.
   *
   * @throws StoppedException instead, once a stop is requested
   */
  <T extends AutoCloseable> T start(Start<T> step) throws Exception {
    starting.lock();
    try {
      if (requested) {
        throw new StoppedException();
      }
      T running = step.start();
      started.push(running);
      return running;
    } finally {
      starting.unlock();
    }
  }

  /** Closes everything that was started, the latest first; returns when that is done. */
  void stop() throws InterruptedException {
    requested = true;
    boolean waited = starting.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
    try {
      closeAll();
    } finally {
      if (waited) {
        starting.unlock();
      }
    }
  }

  private void closeAll() throws InterruptedException {
    ExecutorService closer = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
    for (AutoCloseable next = started.poll(); next != null; next = started.poll()) {
      close(closer, next);
    }
    closer.shutdownNow();
  }

  private void close(ExecutorService closer, AutoCloseable next) throws InterruptedException {
    Future<?> closing =
        closer.submit(() -> {
          next.close();
          return true;
        });
    try {
      closing.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      System.err.println("%s does not stop and is left behind".formatted(next));
    } catch (ExecutionException e) {
      System.err.println("%s did not stop well: %s".formatted(next, e.getCause()));
    }
  }

  /** Ends a start that nobody waits for any more. */
  static final class StoppedException extends RuntimeException {}
}
