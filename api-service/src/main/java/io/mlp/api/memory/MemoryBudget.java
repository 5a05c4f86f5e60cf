package io.mlp.api.memory;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How many bytes of the heap all bodies that are read, jobs that are being stored and large answers
 * that are written may hold together: half of the heap, because the rest serves everything else.
 *
 * <p>The first bytes of every share come from a quarter of the budget that large shares cannot use
 * up, so that small requests are served beside large ones. Of the other three quarters, whoever
 * holds some alone may go beyond them, so that no size that the settings allow is refused for ever.
 */
@Component
public final class MemoryBudget {
  private static final int PART_OF_HEAP = 2;

  /** The first bytes of a share, at most, and at most a thousandth of a budget. */
  private static final long SMALL = 64 * 1024;

  /** As long as a request waits for its commit. */
  private static final Duration TURN = Duration.ofSeconds(10);

  /** Small takes of one share go to the counters once for so many bytes. */
  private static final long STEP = 4 * 1024;

  private final Duration turn;
  private final long smallest;
  private final long step;
  private final Pool small;
  private final Pool large;

  @Autowired
  MemoryBudget() {
    this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP, TURN);
  }

  /**
   * @param bytes of all shares together; below 64 MiB small shares have less for themselves, below
   *     a kibibyte nothing
   * @param turn how long a large share waits for its turn to begin
   */
  public MemoryBudget(long bytes, Duration turn) {
    this.turn = turn;
    this.smallest = Math.min(SMALL, bytes / 1024);
    this.step = Math.min(STEP, smallest / 16);
    this.small = new Pool(smallest == 0 ? 0 : bytes / 4);
    this.large = new Pool(bytes - small.all);
  }

  /** Bytes of all shares together. */
  long bytes() {
    return small.all + large.all;
  }

  /** What all shares hold of them at the moment. */
  long taken() {
    return small.taken.get() + large.taken.get();
  }

  /** A share of nothing yet. */
  public Share open() {
    return new Share();
  }

  /** Bytes that are taken without a lock, unless somebody waits for them. */
  private static final class Pool {
    private final long all;
    private final AtomicLong taken = new AtomicLong();
    private volatile int waiting;

    Pool(long all) {
      this.all = all;
    }

    /** Takes so many bytes more if no more than {@code most} are taken then. */
    boolean tryTake(long more, long most) {
      long before = taken.get();
      while (before + more <= most) {
        long seen = taken.compareAndExchange(before, before + more);
        if (seen == before) {
          return true;
        }
        before = seen;
      }
      return false;
    }

    /** The same, or beyond that if nobody else holds any. */
    boolean tryTake(long held, long more, long most) {
      return tryTake(more, most) || taken.compareAndSet(held, held + more);
    }

    /** The same, but waits for others to give some back. */
    synchronized boolean awaitTake(long more, long most, Duration longest) {
      long end = System.nanoTime() + longest.toNanos();
      waiting++;
      try {
        while (!tryTake(0, more, most)) {
          long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
          if (left <= 0) {
            return false;
          }
          wait(left);
        }
        return true;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return false;
      } finally {
        waiting--;
      }
    }

    /** Wakes whoever waits, but not for nothing: most shares hold nothing large. */
    void giveBack(long bytes) {
      if (bytes == 0) {
        return;
      }
      taken.addAndGet(-bytes);
      if (waiting > 0) {
        wakeAll();
      }
    }

    private synchronized void wakeAll() {
      notifyAll();
    }
  }

  /** What one request holds. Of one thread at a time; what it took goes back when it is closed. */
  public final class Share implements AutoCloseable {
    private long held;

    /** At least {@link #held}: what the pools have given for it. */
    private long ofSmall;

    private long ofLarge;

    private Share() {}

    /** So many bytes are taken at the moment. */
    public long held() {
      return held;
    }

    /**
     * Takes so many bytes more.
     *
     * @throws ProblemException 503 if others hold too much at the moment
     */
    public void take(long bytes) {
      take(bytes, large.all, Duration.ZERO);
    }

    /**
     * Takes so many bytes more for what has only begun. Large shares are refused sooner than by
     * {@link #take}, and the sooner the less they hold: else many that begin could keep each other
     * from ending for ever. One that holds nothing large yet waits for its turn for some seconds,
     * because a client that has to send its large body again costs more than one that waits.
     *
     * @throws ProblemException 503 if others hold too much at the moment
     */
    public void takeToBegin(long bytes) {
      take(
          bytes,
          Math.min(large.all / 2, large.all / 4 + 2 * held),
          ofLarge == 0 ? turn : Duration.ZERO);
    }

    private void take(long bytes, long mostOfLarge, Duration patience) {
      long missing = held + bytes - ofSmall - ofLarge;
      if (missing > 0) {
        takeFromPools(missing, mostOfLarge, patience);
      }
      held += bytes;
    }

    private void takeFromPools(long missing, long mostOfLarge, Duration patience) {
      long first = Math.clamp(smallest - ofSmall, 0, Math.max(missing, step));
      long rest = Math.max(0, missing - first);
      if (first > 0 && !small.tryTake(first, small.all)) {
        throw overloaded();
      }
      ofSmall += first;
      if (rest > 0
          && !large.tryTake(ofLarge, rest, mostOfLarge)
          && (patience.isZero() || !large.awaitTake(rest, mostOfLarge, patience))) {
        throw overloaded();
      }
      ofLarge += rest;
    }

    private static ProblemException overloaded() {
      return ProblemException.passing(
          ProblemType.OVERLOADED,
          "Other requests hold the memory that this one needs",
          Duration.ofSeconds(1),
          null);
    }

    /** Gives so many of the bytes back that are taken. */
    public void giveBack(long bytes) {
      held -= bytes;
      long unused = Math.min(ofLarge, ofSmall + ofLarge - held);
      if (unused > 0) {
        large.giveBack(unused);
        ofLarge -= unused;
      }
    }

    /**
     * From now on so many bytes are taken, whatever was before.
     *
     * @throws ProblemException 503 if these are more, and others hold too much at the moment
     */
    public void hold(long bytes) {
      if (bytes > held) {
        take(bytes - held);
      } else {
        giveBack(held - bytes);
      }
    }

    @Override
    public void close() {
      small.giveBack(ofSmall);
      large.giveBack(ofLarge);
      held = 0;
      ofSmall = 0;
      ofLarge = 0;
    }
  }
}
