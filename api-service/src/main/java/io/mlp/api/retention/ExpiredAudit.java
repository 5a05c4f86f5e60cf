package io.mlp.api.retention;

import io.mlp.job.JobIds;
import io.mlp.job.store.DatabaseOutage;
import java.time.Clock;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Deletes rows of the audit whose time is over. Their ids tell their age, to the millisecond. */
@Component
class ExpiredAudit {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private static final String DELETE =
      """
      with over as materialized (
        select id from audit where id < :young
        order by id limit :step
        for update skip locked
      )
      delete from audit a using over where a.id = over.id
      """;

  private final JdbcClient jdbc;
  private final Clock clock;
  private final RetentionSettings settings;

  ExpiredAudit(JdbcClient jdbc, Clock clock, RetentionSettings settings) {
    this.jdbc = jdbc;
    this.clock = clock;
    this.settings = settings;
  }

  @Scheduled(fixedDelayString = "${api.retention.interval}")
  void run() {
    OUTAGE.unlessAway(() -> {
      while (step() == settings.step()) {
        // The next step takes the next rows.
      }
    });
  }

  /** Deletes up to a step's rows, the oldest first, and tells how many. */
  int step() {
    return jdbc.sql(DELETE)
        .param("young", JobIds.leastAt(clock.instant().minus(settings.audit())))
        .param("step", settings.step())
        .update();
  }
}
