package io.mlp.job.store;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Walks all pages of a table, some at a time, so that no step takes long however many rows, dead
 * ones included, the table holds. An index would not do for that: while an old snapshot is held,
 * dead rows stay, and a look that finds nothing steps over all of them.
 *
 * <p>It rests after each step for eighty times as long as that took, so a walk takes an eightieth
 * of a core at most.
 */
public final class PageWalk {
  /** What a step aims at. Beside much else on the same cores some take three times as long. */
  private static final Duration STEP = Duration.ofMillis(3);

  private static final int REST = 80;
  private static final int SHORT_REST = 10;

  /** Fewer take no less time: what is left is the way to the database and back. */
  private static final long FEWEST = 128;

  private static final long MOST = 8192;

  /** Of a table: PostgreSQL numbers pages with 32 bits. */
  private static final long LAST = 0xffff_fffeL;

  private final LongSupplier nanoTime;
  private final LongConsumer rest;
  private final int restFor;
  private long pages = 256;

  /** Some pages: {@code from} is one of them, {@code to} the next one behind. */
  public record Pages(long from, long to) {
    /** All there are. */
    public static final Pages ALL = new Pages(0, LAST);

    String firstRow() {
      return "(%d,0)".formatted(from);
    }

    String rowBehind() {
      return "(%d,0)".formatted(to);
    }
  }

  public PageWalk() {
    this(System::nanoTime, LockSupport::parkNanos);
  }

  /** For what somebody waits for. */
  static PageWalk withoutRest() {
    return new PageWalk(System::nanoTime, _ -> {}, 0);
  }

  /** For what is seldom and should be done soon: it takes a tenth of a core. */
  static PageWalk withShortRests() {
    return new PageWalk(System::nanoTime, LockSupport::parkNanos, SHORT_REST);
  }

  /** With another clock, and another way to wait for some nanoseconds. */
  PageWalk(LongSupplier nanoTime, LongConsumer rest) {
    this(nanoTime, rest, REST);
  }

  private PageWalk(LongSupplier nanoTime, LongConsumer rest, int restFor) {
    this.nanoTime = nanoTime;
    this.rest = rest;
    this.restFor = restFor;
  }

  /**
   * Takes each page once, unless the thread is interrupted. Rows that are stored meanwhile are seen
   * or not.
   *
   * @param size the table's number of pages
   */
  public void walk(long size, Consumer<Pages> step) {
    long from = 0;
    boolean more = true;
    while (more && !Thread.currentThread().isInterrupted()) {
      long to = from + pages;
      more = to < size;
      long began = nanoTime.getAsLong();
      step.accept(new Pages(from, more ? to : LAST));
      long took = Math.max(1, nanoTime.getAsLong() - began);
      from = to;
      adapt(took);
      if (more) {
        rest.accept(restFor * took);
      }
    }
  }

  /** At most twice as many as before, because a step that found its pages cached tells little. */
  private void adapt(long took) {
    double fitting = (double) pages * STEP.toNanos() / took;
    pages = Math.clamp((long) Math.min(fitting, 2.0 * pages), FEWEST, MOST);
  }
}
