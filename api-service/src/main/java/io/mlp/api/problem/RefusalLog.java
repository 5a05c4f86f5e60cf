package io.mlp.api.problem;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log that requests are refused for one kind of problem: a line in ten seconds at
 * most, because a client may send what is refused as often as it likes.
 */
final class RefusalLog {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
  private static final long INTERVAL = Duration.ofSeconds(10).toNanos();
  private static final int MOST_PATH = 100;

  /** Whatever could end a line, or be taken for something else in it. */
  private static final Pattern UNFIT = Pattern.compile("[^!-~]");

  private final ProblemType type;
  private final LongSupplier nanoTime;
  private final AtomicLong next;
  private final AtomicLong untold = new AtomicLong();

  RefusalLog(ProblemType type, LongSupplier nanoTime) {
    this.type = type;
    this.nanoTime = nanoTime;
    this.next = new AtomicLong(nanoTime.getAsLong());
  }

  /** A request was refused; tells of it, or with the next line how many others there were. */
  void refused(String path, String requestId) {
    long due = next.get();
    long now = nanoTime.getAsLong();
    if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL)) {
      untold.incrementAndGet();
      return;
    }
    String shown = path.substring(0, Math.min(path.length(), MOST_PATH));
    LOG.info(
        "Refused {} as {}, request {}; {} more of that kind since the last line",
        UNFIT.matcher(shown).replaceAll("?"),
        type.slug(),
        requestId,
        untold.getAndSet(0));
  }
}
