package io.mlp.api.retention;

import io.mlp.job.store.DatabaseOutage;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Deletes idempotency keys whose time is over; until then they stand for their jobs. */
@Component
class ForgottenKeys {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private static final String FORGET =
      """
      with over as materialized (
        select owner, key from idempotency_key
        where expires_at < now()
        order by expires_at limit :step
        for update skip locked
      )
      delete from idempotency_key k using over
      where k.owner = over.owner and k.key = over.key
      """;

  private final JdbcClient jdbc;
  private final RetentionSettings settings;

  ForgottenKeys(JdbcClient jdbc, RetentionSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  @Scheduled(fixedDelayString = "${api.retention.interval}")
  void run() {
    OUTAGE.unlessAway(() -> {
      while (forget() == settings.step()) {
        // The next step takes the next keys.
      }
    });
  }

  /** Deletes up to a step's keys, and tells how many. */
  int forget() {
    return jdbc.sql(FORGET).param("step", settings.step()).update();
  }
}
