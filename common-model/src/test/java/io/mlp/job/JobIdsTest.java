package io.mlp.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobIdsTest {
  /** As PostgreSQL compares UUIDs: as unsigned bytes. Java's own order is another. */
  private static final Comparator<UUID> AS_POSTGRESQL = Comparator.comparing(UUID::toString);

  @Test
  void areUuidsOfVersionSeven() {
    UUID id = JobIds.next();

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
  }

  /** Also within a millisecond, which holds thousands of them. */
  @Test
  void rise() {
    List<UUID> ids = Stream.generate(JobIds::next).limit(20_000).toList();

    assertThat(ids).isSortedAccordingTo(AS_POSTGRESQL).doesNotHaveDuplicates();
  }

  @Test
  void leastAtHoldsTheMillisecondsAndNothingElse() {
    UUID least = JobIds.leastAt(Instant.ofEpochMilli(0x0123_4567_89abL));

    assertThat(least).isEqualTo(UUID.fromString("01234567-89ab-7000-8000-000000000000"));
    assertThat(least.version()).isEqualTo(7);
    assertThat(least.variant()).isEqualTo(2);
  }

  @Test
  void leastAtLiesNotAboveTheIdsOfItsMillisecondAndAboveThoseBefore() {
    UUID id = JobIds.next();
    Instant itsMillisecond = JobIds.madeAt(id).orElseThrow();

    assertThat(JobIds.leastAt(itsMillisecond)).usingComparator(AS_POSTGRESQL).isLessThan(id);
    assertThat(JobIds.leastAt(itsMillisecond.plusMillis(1)))
        .usingComparator(AS_POSTGRESQL)
        .isGreaterThan(id);
  }

  @Test
  void leastAtIsTheSameThroughoutAMillisecond() {
    Instant start = Instant.parse("2026-11-24T08:00:00.123Z");

    assertThat(JobIds.leastAt(start.plusNanos(999_999))).isEqualTo(JobIds.leastAt(start));
  }

  /** Lists take any RFC 3339 time; what no id can hold is as good as the ends of time. */
  @ParameterizedTest
  @ValueSource(strings = {"1969-12-31T23:59:59.999Z", "-999999999-01-01T00:00:00Z"})
  void leastAtOfATimeBeforeAllIdsIsTheFirstId(String before) {
    assertThat(JobIds.leastAt(Instant.parse(before)))
        .isEqualTo(UUID.fromString("00000000-0000-7000-8000-000000000000"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"+10889-08-02T05:31:50.655Z", "+999999999-12-31T23:59:59Z"})
  void leastAtOfATimeBehindAllIdsIsInTheLastMillisecond(String behind) {
    assertThat(JobIds.leastAt(Instant.parse(behind)))
        .isEqualTo(UUID.fromString("ffffffff-ffff-7000-8000-000000000000"));
  }

  @Test
  void madeAtIsTheMillisecondThatTheIdHolds() {
    Instant instant = Instant.parse("2026-11-24T08:00:00.123Z");

    assertThat(JobIds.madeAt(JobIds.leastAt(instant))).contains(instant);
  }

  @Test
  void madeAtIsNotKnown_ifTheIdHoldsNoTime() {
    assertThat(JobIds.madeAt(UUID.randomUUID())).isEmpty();
    assertThat(JobIds.madeAt(new UUID(1, 1))).isEmpty();
  }
}
