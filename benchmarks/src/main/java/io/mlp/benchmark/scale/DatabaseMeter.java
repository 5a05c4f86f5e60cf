package io.mlp.benchmark.scale;

import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What MLP's tables go through, and what is written ahead for it, from now on. */
public final class DatabaseMeter {
  /** An idle backend tells its counts after ten seconds. */
  private static final long UNTIL_TOLD_MILLIS = 11_000;

  private final JdbcClient sql;
  private final List<TableUse> before;
  private final String logBefore;

  /**
   * Begins to count.
   *
   * @param sql a superuser's; all that was done before has been {@link #awaitCounts counted}
   */
  public DatabaseMeter(JdbcClient sql) {
    this.sql = sql;
    this.before = tables();
    this.logBefore = sql.sql("select pg_current_wal_lsn()::text").query(String.class).single();
  }

  /** Waits until all that was done so far has been counted. */
  public static void awaitCounts() throws InterruptedException {
    Thread.sleep(UNTIL_TOLD_MILLIS);
  }

  /** Tells, when all has been counted. */
  public DatabaseUse stop() throws InterruptedException {
    long walBytes =
        sql.sql("select pg_current_wal_lsn() - ?::pg_lsn")
            .param(logBefore)
            .query(Long.class)
            .single();
    awaitCounts();
    List<TableUse> after = tables();
    List<TableUse> uses = new ArrayList<>();
    for (int i = 0; i < after.size(); i++) {
      uses.add(after.get(i).since(before.get(i)));
    }
    return new DatabaseUse(walBytes, uses);
  }

  private List<TableUse> tables() {
    return sql.sql(TableUse.QUERY).query(TableUse::of).list();
  }
}
