package io.mlp.api.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.job.store.DatabaseOutage;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * How the database fares, as every replica sees it; not a number while it is away. What PostgreSQL
 * itself counts, its exporter tells.
 */
@Component
class DatabaseMetrics {
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  /** Without the right to see others' sessions (pg_read_all_stats) a role sees its own only. */
  private static final String READ =
      """
      select coalesce(extract(epoch from now() - least(
               (select min(xact_start) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()),
               (select min(prepared) from pg_prepared_xacts
                where database = current_database()))), 0) as oldest_transaction_seconds,
             (select count(*) from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock') as blocked_sessions,
             pg_stat_get_dead_tuples('live'::regclass) as dead_rows,
             pg_database_size(current_database()) as size_bytes
      """;

  private final JdbcClient jdbc;
  private volatile @Nullable State state;

  private record State(
      double oldestTransactionSeconds, long blockedSessions, long deadRows, long sizeBytes) {}

  DatabaseMetrics(JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    gauge(
        "mlp.database.oldest.transaction.seconds",
        "For how long the oldest transaction has been open",
        State::oldestTransactionSeconds,
        meters);
    gauge(
        "mlp.database.blocked.sessions",
        "Sessions that wait for a lock",
        State::blockedSessions,
        meters);
    gauge(
        "mlp.database.dead.rows",
        "Rows of the table live that vacuum has not removed yet, as PostgreSQL estimates",
        State::deadRows,
        meters);
    gauge("mlp.database.size.bytes", "The whole database on disk", State::sizeBytes, meters);
  }

  private void gauge(
      String name, String description, ToDoubleFunction<State> value, MeterRegistry meters) {
    Gauge.builder(
            name,
            () -> {
              State read = state;
              return read == null ? Double.NaN : value.applyAsDouble(read);
            })
        .description(description)
        .register(meters);
  }

  @Scheduled(fixedDelayString = "${api.queues.statistics-interval}")
  void read() {
    if (!OUTAGE.unlessAway(() -> state = jdbc.sql(READ).query(State.class).single())) {
      state = null;
    }
  }
}
