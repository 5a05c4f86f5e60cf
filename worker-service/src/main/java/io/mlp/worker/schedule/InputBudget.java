package io.mlp.worker.schedule;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * How many bytes of inputs all batches in flight may have together: a sixteenth of the heap,
 * because a batch holds them as they are stored and as ONNX Runtime reads them, beside its outputs,
 * which nobody knows before. One job may be larger than that: then it runs with no other large one
 * beside it.
 */
public final class InputBudget {
  private static final int SHARE_OF_HEAP = 16;
  private static final int KIBIBYTE = 1024;

  /** What the number of batches in flight bounds well enough. */
  private static final int SMALL = 64 * KIBIBYTE;

  private final int all;
  private final Semaphore free;

  /**
   * @param heap bytes that the process may have
   */
  public InputBudget(long heap) {
    this.all = Math.toIntExact(Math.max(SMALL, heap / SHARE_OF_HEAP) / KIBIBYTE);
    this.free = new Semaphore(all, true);
  }

  /** Bytes of all batches in flight together. */
  long bytes() {
    return (long) all * KIBIBYTE;
  }

  /** What those in flight have of them. */
  long taken() {
    return (long) (all - free.availablePermits()) * KIBIBYTE;
  }

  /** The most bytes that one batch gathers, if it is of several jobs. */
  public long ofBatch() {
    return bytes() / 2;
  }

  /** Runs a batch that has so many bytes, once there is room for them. */
  public <T> T with(long bytes, Supplier<T> batch) {
    if (bytes <= SMALL) {
      return batch.get();
    }
    int taken = (int) Math.min(all, bytes / KIBIBYTE);
    free.acquireUninterruptibly(taken);
    try {
      return batch.get();
    } finally {
      free.release(taken);
    }
  }
}
