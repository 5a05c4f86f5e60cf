package io.mlp.job;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.time.Instant;
import java.util.UUID;

/** Job ids are UUIDs of version 7 (RFC 9562): they sort by the time they were made. */
public final class JobIds {
  private static final NoArgGenerator GENERATOR = Generators.timeBasedEpochGenerator();

  private JobIds() {}

  public static UUID next() {
    return GENERATOR.generate();
  }

  /** The least id that a job made at that instant, to the millisecond, can have. */
  public static UUID leastAt(Instant instant) {
    long millis = Math.max(0, instant.toEpochMilli());
    return new UUID(millis << 16 | 0x7000, 0x8000_0000_0000_0000L);
  }
}
