package io.mlp.api.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.SharedStack;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Keys are kept for their time, and no longer. */
@ExtendWith(SharedStack.class)
class ForgottenKeysIT {
  private static final int STEP = 10;

  private final Database database;
  private final ForgottenKeys keys;

  ForgottenKeysIT(Database database) {
    this.database = database;
    this.keys =
        new ForgottenKeys(
            database.sql(),
            new RetentionSettings(
                Duration.ofDays(7),
                Duration.ofDays(1),
                Duration.ofDays(365),
                Duration.ofSeconds(1),
                STEP));
  }

  @BeforeEach
  void removeKeys() {
    database.sql().sql("delete from idempotency_key").update();
  }

  /** Keys that end so many seconds from now. */
  private void add(int count, int seconds) {
    database
        .sql()
        .sql(
            """
            insert into idempotency_key (owner, key, fingerprint, job_id, expires_at)
            select 'owner', gen_random_uuid(), '', gen_random_uuid(),
                   now() + make_interval(secs => ?)
            from generate_series(1, ?)
            """)
        .params(seconds, count)
        .update();
  }

  @Test
  void exactlyThoseWhoseTimeIsOverVanish_inSteps() {
    add(2 * STEP + 5, -1);
    add(7, 60);
    assertThat(keys.forget()).isEqualTo(STEP);
    keys.run();
    assertThat(database.count("idempotency_key")).isEqualTo(7);
    assertThat(database.count("idempotency_key where expires_at < now()")).isZero();
  }

  @Test
  void nothingVanishesBeforeItsTime() {
    add(7, 60);
    assertThat(keys.forget()).isZero();
    assertThat(database.count("idempotency_key")).isEqualTo(7);
  }
}
