package io.mlp.api.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.MutableClock;
import io.mlp.api.metrics.CountedJobs;
import io.mlp.api.model.FakeRegistry;
import io.mlp.job.JobIds;
import io.mlp.job.store.JobUpkeep;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** What it looks at while an old snapshot is held, so that rows which it deletes stay there. */
class ExpiredJobsTest {
  private static final int STEP = 10;

  private final Table table = new Table();
  private final MutableClock clock = new MutableClock();
  private long nanos;
  private long nanosPerStep = Duration.ofSeconds(1).toNanos();
  private final ExpiredJobs expired =
      new ExpiredJobs(
          table,
          clock,
          new RetentionSettings(
              Duration.ofDays(7),
              Duration.ofDays(1),
              Duration.ofDays(365),
              Duration.ofSeconds(1),
              STEP),
          () -> nanos);
  private int number;

  private enum Row {
    WAITING,
    EXPIRED,
    DEAD
  }

  private final class Table extends JobUpkeep {
    final NavigableMap<UUID, Row> rows = new TreeMap<>();
    int passed;
    boolean away;

    Table() {
      super(
          JdbcClient.create(new JdbcTemplate()),
          TransactionOperations.withoutTransaction(),
          new CountedJobs(new FakeRegistry().catalogue()).counters());
    }

    @Override
    public Step deleteExpired(UUID after, UUID to, int step) {
      nanos += nanosPerStep;
      if (away) {
        throw new DataAccessResourceFailureException("away");
      }
      int walked = 0;
      int deleted = 0;
      UUID last = after;
      for (UUID id : List.copyOf(rows.subMap(after, false, to, true).keySet())) {
        passed++;
        if (rows.get(id) != Row.DEAD && walked < step) {
          walked++;
          last = id;
          if (rows.replace(id, Row.EXPIRED, Row.DEAD)) {
            deleted++;
          }
        }
        if (walked == step) {
          break;
        }
      }
      return new Step(walked, deleted, last);
    }

    long count(Row row) {
      return rows.values().stream().filter(row::equals).count();
    }

    /** How many rows it passes in some runs, dead ones included. */
    int passedIn(int runs) {
      passed = 0;
      for (int i = 0; i < runs; i++) {
        expired.run();
      }
      return passed;
    }
  }

  private UUID add(Row row) {
    UUID id = JobIds.leastAt(clock.instant().minus(Duration.ofDays(8)).plusMillis(number++));
    table.rows.put(id, row);
    return id;
  }

  private void add(int count, Row row) {
    for (int i = 0; i < count; i++) {
      add(row);
    }
  }

  @Test
  void whatItHasDeletedItPassesNoMore() {
    add(100 * STEP, Row.EXPIRED);
    expired.run();
    assertThat(table.count(Row.DEAD)).isEqualTo(100 * STEP);

    assertThat(table.passedIn(10)).isZero();

    clock.advance(Duration.ofDays(2));
    add(3, Row.EXPIRED);
    assertThat(table.passedIn(1)).isEqualTo(3);
    assertThat(table.count(Row.EXPIRED)).isZero();
  }

  /** Each look passes no more than what was there when the walk came by. */
  @Test
  void aJobThatWaitsForeverMakesNoLookLong() {
    add(STEP / 2, Row.EXPIRED);
    add(Row.WAITING);
    add(100 * STEP, Row.EXPIRED);
    add(Row.WAITING);
    add(100 * STEP, Row.EXPIRED);
    table.passedIn(5);
    assertThat(table.count(Row.DEAD)).isEqualTo(200 * STEP + STEP / 2);

    for (int i = 0; i < 10; i++) {
      assertThat(table.passedIn(1)).isBetween(1, STEP);
    }
  }

  @Test
  void whatHasEndedLateGoesWhenItsTimeIsOver() {
    add(3 * STEP, Row.EXPIRED);
    UUID late = add(Row.WAITING);
    add(3 * STEP, Row.EXPIRED);
    expired.run();
    expired.run();
    assertThat(table.count(Row.EXPIRED)).isZero();

    table.rows.put(late, Row.EXPIRED);
    expired.run();
    expired.run();

    assertThat(table.rows.get(late)).isEqualTo(Row.DEAD);
    assertThat(table.passedIn(10)).isZero();
  }

  /** Old jobs that may not go are not looked at again and again, and hold no others up. */
  @Test
  void aRunOverWhatIsKeptTakesOneStep_andTheNextGoesOnBehindIt() {
    add(2 * STEP, Row.WAITING);
    add(3, Row.EXPIRED);

    assertThat(table.passedIn(1)).isEqualTo(STEP);
    assertThat(table.passedIn(1)).isEqualTo(STEP);
    assertThat(table.passedIn(1)).isEqualTo(3 + STEP);
    assertThat(table.count(Row.EXPIRED)).isZero();
  }

  @Test
  void takesFewerRows_whereStepsAreSlow() {
    ExpiredJobs wide =
        new ExpiredJobs(
            table,
            clock,
            new RetentionSettings(
                Duration.ofDays(7),
                Duration.ofDays(1),
                Duration.ofDays(365),
                Duration.ofSeconds(1),
                1000),
            () -> nanos);
    add(2000, Row.EXPIRED);
    nanosPerStep = Duration.ofMillis(20).toNanos();

    wide.step();
    wide.step();

    assertThat(table.count(Row.DEAD)).isEqualTo(1250);
  }

  @Test
  void jobsThatWaitTakeATwoHundredthOfTheTime() {
    add(1000 * STEP, Row.WAITING);
    nanosPerStep = Duration.ofMillis(1).toNanos();

    assertThat(table.passedIn(1)).isEqualTo(5 * STEP);
  }

  /** A database that failed over may have lost what was deleted last. */
  @Test
  void beginsAnew_whenTheDatabaseIsBack() {
    UUID lost = add(Row.EXPIRED);
    add(2, Row.EXPIRED);
    expired.run();
    table.away = true;
    expired.run();
    table.rows.put(lost, Row.EXPIRED);
    table.away = false;

    expired.run();

    assertThat(table.count(Row.EXPIRED)).isZero();
  }
}
