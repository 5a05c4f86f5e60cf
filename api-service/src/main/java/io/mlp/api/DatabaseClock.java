package io.mlp.api;

import io.mlp.job.store.DatabaseOutage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * The database's time, as far as this machine knows it: a deadline of two seconds from now is
 * compared with the database's clock, and would be over at once if this machine's were two seconds
 * slow. It is this machine's time until it was compared for the first time.
 */
final class DatabaseClock extends Clock {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  /** What took longer to come tells the time worse than most machines know it. */
  private static final Duration LATE = Duration.ofMillis(100);

  private final Clock machine;
  private final LongSupplier nanoTime;
  private final Supplier<OffsetDateTime> database;
  private volatile Duration ahead = Duration.ZERO;

  DatabaseClock(Clock machine, LongSupplier nanoTime, Supplier<OffsetDateTime> database) {
    this.machine = machine;
    this.nanoTime = nanoTime;
    this.database = database;
  }

  /** Asks for the database's time, which is taken to be that of halfway until it came. */
  @Scheduled(fixedDelay = 10_000)
  void compare() {
    OUTAGE.unlessAway(() -> {
      long asked = nanoTime.getAsLong();
      Instant there = database.get().toInstant();
      Duration took = Duration.ofNanos(nanoTime.getAsLong() - asked);
      if (took.compareTo(LATE) <= 0) {
        ahead = Duration.between(machine.instant(), there.plus(took.dividedBy(2)));
      }
    });
  }

  @Override
  public Instant instant() {
    return machine.instant().plus(ahead);
  }

  @Override
  public ZoneId getZone() {
    return machine.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return offset(machine.withZone(zone), ahead);
  }
}
