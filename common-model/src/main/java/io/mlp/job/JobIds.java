package io.mlp.job;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Job ids are UUIDs of version 7 (RFC 9562): they sort by the time they were made. */
public final class JobIds {
  private static final NoArgGenerator GENERATOR = Generators.timeBasedEpochGenerator();

  /** The latest time that an id can hold, 48 bits of milliseconds. */
  private static final Instant LAST = Instant.ofEpochMilli(0xffff_ffff_ffffL);

  private JobIds() {}

  public static UUID next() {
    return GENERATOR.generate();
  }

  /**
   * The least id that a job made at that instant, to the millisecond, can have. Times that no id
   * can hold count as the first or last that one can.
   */
  public static UUID leastAt(Instant instant) {
    long millis = within(Instant.EPOCH, instant, LAST).toEpochMilli();
    return new UUID(millis << 16 | 0x7000, 0x8000_0000_0000_0000L);
  }

  /**
   * The instant at which the id was made, to the millisecond; empty if it is no UUID of version 7.
   */
  public static Optional<Instant> madeAt(UUID id) {
    return id.version() == 7
        ? Optional.of(Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16))
        : Optional.empty();
  }

  private static Instant within(Instant first, Instant instant, Instant last) {
    if (instant.isBefore(first)) {
      return first;
    }
    return instant.isAfter(last) ? last : instant;
  }
}
