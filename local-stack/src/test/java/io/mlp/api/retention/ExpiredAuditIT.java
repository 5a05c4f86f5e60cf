package io.mlp.api.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.SharedStack;
import io.mlp.job.JobIds;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows of the audit are kept for their time, and no longer. */
@ExtendWith(SharedStack.class)
class ExpiredAuditIT {
  private static final int STEP = 10;
  private static final Duration KEPT = Duration.ofDays(30);
  private static final Instant NOW = Instant.parse("2026-11-24T08:53:45Z");

  private final Database database;
  private final ExpiredAudit expired;

  ExpiredAuditIT(Database database) {
    this.database = database;
    this.expired =
        new ExpiredAudit(
            database.sql(),
            Clock.fixed(NOW, ZoneOffset.UTC),
            new RetentionSettings(
                Duration.ofDays(7), Duration.ofDays(1), KEPT, Duration.ofSeconds(1), STEP));
  }

  @BeforeEach
  void removeRows() {
    database.sql().sql("truncate audit").update();
  }

  /** Rows of that age, a millisecond older each. */
  private void add(int count, Duration age) {
    for (int i = 0; i < count; i++) {
      database
          .sql()
          .sql(
              """
              insert into audit (id, owner, key, act, subject, subject_owner, request_id)
              values (:id, 'vision', 'mlp_01234567', 'cancel_job', gen_random_uuid(), 'vision', '')
              """)
          .param("id", JobIds.leastAt(NOW.minus(age).minusMillis(i)))
          .update();
    }
  }

  @Test
  void exactlyThoseWhoseTimeIsOverVanish_inSteps() {
    add(2 * STEP + 5, KEPT.plusMillis(1));
    add(7, KEPT.minusMillis(6));
    assertThat(expired.step()).isEqualTo(STEP);
    assertThat(database.count("audit")).isEqualTo(STEP + 5 + 7);
    expired.run();
    assertThat(database.count("audit")).isEqualTo(7);
    assertThat(database.count("audit where id < ?", JobIds.leastAt(NOW.minus(KEPT)))).isZero();
  }

  @Test
  void theOldestGoFirst() {
    add(1, Duration.ofDays(31));
    add(STEP, Duration.ofDays(400));
    expired.step();
    assertThat(database.count("audit where id < ?", JobIds.leastAt(NOW.minus(KEPT)))).isEqualTo(1);
    assertThat(database.count("audit where id < ?", JobIds.leastAt(NOW.minus(Duration.ofDays(40)))))
        .isZero();
  }
}
