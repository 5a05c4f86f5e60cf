package io.mlp.api.limit;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * What a key may still do, as far as this replica has it: tokens are taken from all replicas'
 * common store in blocks, and ahead of time, so that hardly any request waits for them.
 */
final class Allowance {
  private static final long SECOND = 1_000_000_000L;

  /** Blocks of a second: what two replicas hold is a tenth of a second's tokens. */
  private static final int BLOCKS = 20;

  /** Who has used up its rate causes that many questions a second, and no more. */
  private static final int MOST_LOOKS = 100;

  private final int perSecond;
  private final long block;
  private final Tokens source;
  private final Executor ahead;
  private final LongSupplier nanoTime;
  private final AtomicLong here = new AtomicLong();
  private final AtomicBoolean fetching = new AtomicBoolean();
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private volatile long emptyUntil;

  /**
   * An allowance of so much.
   *
   * @param source where its tokens are, and all other replicas'
   * @param ahead takes tokens before they are needed
   */
  Allowance(int perSecond, Tokens source, Executor ahead, LongSupplier nanoTime) {
    this.perSecond = perSecond;
    this.block = block(perSecond);
    this.source = source;
    this.ahead = ahead;
    this.nanoTime = nanoTime;
    this.emptyUntil = nanoTime.getAsLong();
  }

  /** How many tokens of such a rate are taken at a time. */
  static long block(int perSecond) {
    return Math.max(1, perSecond / BLOCKS);
  }

  int perSecond() {
    return perSecond;
  }

  /** How many tokens are here; more may be where they come from. */
  long left() {
    return here.get();
  }

  /** Takes one; false if there is none. */
  boolean take() {
    if (takeHere()) {
      return true;
    }
    if (isEmpty()) {
      return false;
    }
    fetchUnlessSomebodyDid();
    return takeHere();
  }

  private boolean takeHere() {
    long before = here.getAndUpdate(tokens -> Math.max(0, tokens - 1));
    if (before > 0 && before - 1 <= block / 2) {
      fetchAhead();
    }
    return before > 0;
  }

  private boolean isEmpty() {
    return emptyUntil - nanoTime.getAsLong() > 0;
  }

  private void fetchUnlessSomebodyDid() {
    oneAtATime.lock();
    try {
      if (here.get() == 0 && !isEmpty()) {
        fetch();
      }
    } finally {
      oneAtATime.unlock();
    }
  }

  private void fetchAhead() {
    if (!isEmpty() && fetching.compareAndSet(false, true)) {
      ahead.execute(() -> {
        try {
          fetch();
        } finally {
          fetching.set(false);
        }
      });
    }
  }

  private void fetch() {
    long taken = source.take(block);
    if (taken > 0) {
      here.addAndGet(taken);
    } else {
      emptyUntil = nanoTime.getAsLong() + SECOND / Math.min(perSecond, MOST_LOOKS);
    }
  }
}
