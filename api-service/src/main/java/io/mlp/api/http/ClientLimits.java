package io.mlp.api.http;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How many clients there may be, and how slowly they may send requests and read answers: whoever is
 * slower holds a connection, and often memory, that others need. A request's headers have {@code
 * grace} in all. In a body or an answer a client has that, too, and gets back a second for each
 * {@code perSecond} bytes that it moves, but never more than {@code grace}: what it moved long ago
 * does not allow it to stop.
 *
 * @param grace how long a client may be silent
 * @param perSecond the least number of bytes in a second, in the long run
 * @param maxConnections connections at a time; 0 lets the heap decide
 */
@Validated
@ConfigurationProperties(prefix = "api.clients", ignoreUnknownFields = false)
public record ClientLimits(
    @DefaultValue("10s") @NotNull @DurationMin(millis = 100) @DurationMax(minutes = 5)
        Duration grace,
    @DefaultValue("16KB") @NotNull DataSize perSecond,
    @DefaultValue("0") @Min(0) @Max(100_000) int maxConnections) {

  /** A connection takes 50 to 120 KB of it while it is busy (docs/performance.md). */
  private static final int HEAP_PER_CONNECTION = 256 * 1024;

  private static final int MOST_CONNECTIONS = 8192;

  public ClientLimits {
    if (perSecond.toBytes() < 1) {
      throw new IllegalArgumentException(
          "api.clients.per-second: %s (expected: at least 1B)".formatted(perSecond));
    }
  }

  /** How many connections there may be at a time. */
  int connections() {
    return maxConnections > 0
        ? maxConnections
        : (int) Math.min(MOST_CONNECTIONS, Runtime.getRuntime().maxMemory() / HEAP_PER_CONNECTION);
  }

  /**
   * How many of them may wait for a job to end: a quarter, because they stay for long and take
   * most.
   */
  public int waiters() {
    return connections() / 4;
  }

  /** What a client has that has not been slow yet. */
  Credit credit() {
    return new Credit();
  }

  /** The time that one client has left. */
  final class Credit {
    private long nanos = grace.toNanos();

    private Credit() {}

    /** Whether the client has none left after that time, in which it moved so many bytes. */
    boolean exhausted(long elapsed, long bytes) {
      long earned = Math.round(bytes * 1e9 / perSecond.toBytes());
      nanos = Math.min(grace.toNanos(), nanos - elapsed + earned);
      return nanos < 0;
    }
  }

  /**
   * A body whose reads fail with a 408 once it comes too slowly. What is done between its reads is
   * not the client's time.
   */
  public InputStream timed(InputStream body) {
    return timed(body, System::nanoTime);
  }

  /** The same, for a test that sets the time. */
  public InputStream timed(InputStream body, LongSupplier nanoTime) {
    return new Timed(body, nanoTime);
  }

  private final class Timed extends FilterInputStream {
    private final LongSupplier nanoTime;
    private final Credit credit = credit();

    Timed(InputStream body, LongSupplier nanoTime) {
      super(body);
      this.nanoTime = nanoTime;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      long began = nanoTime.getAsLong();
      int more = in.read(into, from, length);
      if (credit.exhausted(nanoTime.getAsLong() - began, Math.max(0, more)) && more >= 0) {
        throw ProblemException.of(
            ProblemType.REQUEST_TIMEOUT,
            "The body came too slowly (expected: %d bytes per second, and no pause beyond %d s)"
                .formatted(perSecond.toBytes(), grace.toSeconds()));
      }
      return more;
    }
  }
}
