package io.mlp.api.memory;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How many bytes of the heap all bodies that are read, jobs that are being stored and large answers
 * that are written may hold together: half of the heap, because the rest serves everything else.
 * Whoever holds a share alone may go beyond it, so that no size that the settings allow is refused
 * for ever.
 */
@Component
public final class MemoryBudget {
  private static final int PART_OF_HEAP = 2;

  private final long all;
  private long taken;

  @Autowired
  MemoryBudget() {
    this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  /**
   * @param bytes of all shares together
   */
  public MemoryBudget(long bytes) {
    this.all = bytes;
  }

  /** A share of nothing yet. */
  public Share open() {
    return new Share();
  }

  private synchronized boolean tryTake(long held, long more) {
    boolean alone = taken == held;
    if (!alone && taken + more > all) {
      return false;
    }
    taken += more;
    return true;
  }

  private synchronized void giveBack(long bytes) {
    taken -= bytes;
  }

  /** What one request holds. Of one thread at a time; what it took goes back when it is closed. */
  public final class Share implements AutoCloseable {
    private long held;

    private Share() {}

    /**
     * Takes so many bytes more.
     *
     * @throws ProblemException 503 if others hold too much at the moment
     */
    public void take(long bytes) {
      if (!tryTake(held, bytes)) {
        throw ProblemException.passing(
            ProblemType.OVERLOADED,
            "Other requests hold the memory that this one needs",
            Duration.ofSeconds(1),
            null);
      }
      held += bytes;
    }

    @Override
    public void close() {
      giveBack(held);
      held = 0;
    }
  }
}
