package io.mlp.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class DatabaseClockTest {
  private static final Instant HERE = Instant.parse("2026-11-28T12:00:00Z");
  private static final OffsetDateTime THERE = OffsetDateTime.parse("2026-11-28T12:00:02Z");

  private final AtomicLong nanos = new AtomicLong();
  private Duration takes = Duration.ofMillis(40);
  private boolean away;
  private final DatabaseClock clock =
      new DatabaseClock(Clock.fixed(HERE, ZoneOffset.UTC), nanos::get, this::answer);

  private OffsetDateTime answer() {
    if (away) {
      throw new DataAccessResourceFailureException("away");
    }
    nanos.addAndGet(takes.toNanos());
    return THERE;
  }

  @Test
  void tellsThisMachinesTime_untilItWasCompared() {
    assertThat(clock.instant()).isEqualTo(HERE);
  }

  @Test
  void tellsTheDatabasesTime() {
    clock.compare();

    assertThat(clock.instant()).isEqualTo(THERE.toInstant().plusMillis(20));
  }

  @Test
  void keepsWhatItKnows_whenTheAnswerIsLateOrDoesNotCome() {
    clock.compare();
    Instant known = clock.instant();

    takes = Duration.ofMillis(101);
    clock.compare();
    assertThat(clock.instant()).isEqualTo(known);

    away = true;
    clock.compare();
    assertThat(clock.instant()).isEqualTo(known);
  }
}
