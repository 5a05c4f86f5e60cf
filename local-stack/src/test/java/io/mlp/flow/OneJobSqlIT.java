package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.mlp.dispatch.TicketQueue;
import io.mlp.local.Checkout;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What jobs cost PostgreSQL, counted by PostgreSQL itself: no statement runs once a job while many
 * are under way, and updates stay on their page. The figures are written to {@code
 * target/one-job-sql.txt}; they are those of a test, on whatever machine it runs.
 */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneJobSqlIT {
  private static final Path REPORT = Path.of("target", "one-job-sql.txt");

  private static final String CLAIM = "as t(job_id, fence, known)";

  /** Words of the statements that submit, claim and record. */
  private static final List<String> STEPS = List.of("insert into job", CLAIM, "delete from live");

  private final EmbeddedPostgres postgres;
  private final Stack stack;
  private final JdbcClient counters;

  OneJobSqlIT(Backends servers) throws IOException {
    this.postgres = countingPostgres();
    int port = postgres.getPort();
    Database.asAdministrator(port, "postgres").sql("create role mlp login password 'mlp'").update();
    Database database = Database.create(port);
    String name = database.url().substring(database.url().lastIndexOf('/') + 1);
    this.counters = Database.asAdministrator(port, name);
    counters.sql("create extension pg_stat_statements").update();
    // Queues of another name than those of the shared stack.
    Map<String, String> properties = Map.of("MLP_QUEUE_TYPE", TicketQueue.Type.QUORUM.name());
    this.stack = Stack.start(servers, database, properties);
    Files.writeString(REPORT, "");
  }

  /** As the local stack's, with the extension that counts statements. */
  private static EmbeddedPostgres countingPostgres() throws IOException {
    Path programs = Checkout.locate().data().resolve("binaries").resolve("postgres");
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(programs.toFile())
        .setOutputRedirector(Redirect.DISCARD)
        .setErrorRedirector(Redirect.DISCARD)
        .setServerConfig("fsync", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("shared_preload_libraries", "pg_stat_statements")
        .setServerConfig("pg_stat_statements.track_planning", "on")
        .start();
  }

  @AfterAll
  void close() throws IOException {
    stack.close();
    postgres.close();
  }

  /** What one statement has cost since the counting began. */
  private record Cost(
      String query, long calls, long plans, long rows, double millis, long blocks, long walBytes) {
    String text(int jobs) {
      return """
      -- %.1f jobs a call (%d calls, %d planned); a job: %.3f rows, %.1f us, %.2f pages, %.0f bytes of WAL
      %s
      """
          .formatted(
              (double) jobs / calls,
              calls,
              plans,
              (double) rows / jobs,
              millis * 1000 / jobs,
              (double) blocks / jobs,
              (double) walBytes / jobs,
              query);
    }
  }

  /** How many rows of a table were updated, and how many of them in place, on their page. */
  private record Updates(long all, long hot) {
    double share() {
      return (double) hot / all;
    }

    @Override
    public String toString() {
      return "%d of %d".formatted(hot, all);
    }
  }

  @Test
  void statementsAreSharedByManyJobs_whenManySubmitAndNobodyWaits() throws IOException {
    List<Cost> costs = count("32 clients that do not wait", 32, 2000, stack.client()::submit);
    assertShared(costs, 2000);
  }

  @Test
  void statementsAreSharedByManyJobs_whenManyWait() throws IOException {
    List<Cost> costs = count("16 clients that wait", 16, 1000, stack.client()::run);
    assertShared(costs, 1000);
  }

  @Test
  void aJobAloneCostsOneStatementForEachStep() throws IOException {
    int jobs = 200;
    List<Cost> costs = count("one client that waits", 1, jobs, stack.client()::run);
    assertThat(calls(costs, "insert into job")).isEqualTo(jobs);
    assertThat(calls(costs, "delete from live")).isEqualTo(jobs);
    assertThat(calls(costs, CLAIM)).isBetween((long) jobs, 2L * jobs);
    for (String step : STEPS) {
      assertThat(sum(costs, step, Cost::plans)).as("plans of " + step).isLessThan(jobs / 4);
    }
  }

  private static void assertShared(List<Cost> costs, int jobs) {
    for (String step : STEPS) {
      assertThat(calls(costs, step)).as(step).isBetween(1L, jobs - 1L);
    }
    assertThat(costs)
        .allSatisfy(cost -> assertThat(cost.calls()).as(cost.query()).isLessThan(jobs));
  }

  /** Calls of the statements with these words, upkeep's apart. */
  private static long calls(List<Cost> costs, String words) {
    return sum(costs, words, Cost::calls);
  }

  private static long sum(List<Cost> costs, String words, ToLongFunction<Cost> figure) {
    return costs.stream()
        .filter(cost -> cost.query().contains(words))
        .filter(
            cost -> !cost.query().contains("ctid") && !cost.query().contains("order by deadline"))
        .mapToLong(figure)
        .sum();
  }

  private interface Sending {
    Object send(String body);
  }

  private List<Cost> count(String who, int clients, int jobs, Sending sending) throws IOException {
    Client.sideBySide(
        clients, Collections.nCopies(clients, HeldOut.DIGITS.anyJob()), sending::send);
    awaitEnd();
    counters.sql("select pg_stat_statements_reset()").query().singleValue();
    Updates jobUpdates = updates("job");
    Updates liveUpdates = updates("live");
    long start = System.nanoTime();
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      bodies.add(HeldOut.DIGITS.job(HeldOut.DIGITS.rows().get(i % 450), ""));
    }
    Client.sideBySide(clients, bodies, sending::send);
    awaitEnd();
    double seconds = (System.nanoTime() - start) / 1e9;
    List<Cost> costs = costs();
    jobUpdates = updatesSince("job", jobUpdates, jobs);
    liveUpdates = updatesSince("live", liveUpdates, jobs);
    String heading =
        "== %d jobs of %s, %.1f s%n%nUpdates in place: job %s, live %s%n%n"
            .formatted(jobs, who, seconds, jobUpdates, liveUpdates);
    StringBuilder report = new StringBuilder(heading);
    assertThat(jobUpdates.share()).as("job " + jobUpdates).isGreaterThan(0.9);
    assertThat(liveUpdates.share()).as("live " + liveUpdates).isGreaterThan(0.9);
    costs.forEach(cost -> report.append(cost.text(jobs)).append('\n'));
    Files.writeString(REPORT, report, StandardOpenOption.APPEND);
    return costs;
  }

  private void awaitEnd() {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> counters.sql("select count(*) = 0 from live").query(Boolean.class).single());
  }

  private List<Cost> costs() {
    return counters
        .sql(
            """
            select query, calls, plans, rows, total_plan_time + total_exec_time as millis,
                   shared_blks_hit + shared_blks_read as blocks, wal_bytes
            from pg_stat_statements s join pg_roles r on r.oid = s.userid
            join pg_database d on d.oid = s.dbid and d.datname = current_database()
            where r.rolname = 'mlp' and query ~ '\\m(job|live|attempt)\\M'
            order by millis desc
            """)
        .query((row, _) ->
            new Cost(
                row.getString("query"),
                row.getLong("calls"),
                row.getLong("plans"),
                row.getLong("rows"),
                row.getDouble("millis"),
                row.getLong("blocks"),
                row.getLong("wal_bytes")))
        .list();
  }

  /** A server process tells its counts when it ends, so the services' connections are let go. */
  private Updates updates(String table) {
    for (HikariDataSource pool : pools()) {
      if (pool.isRunning() && pool.getHikariPoolMXBean() != null) {
        pool.getHikariPoolMXBean().softEvictConnections();
      }
    }
    return counters
        .sql(
            "select n_tup_upd as all, n_tup_hot_upd as hot from pg_stat_user_tables where relname = ?")
        .param(table)
        .query(Updates.class)
        .single();
  }

  private List<HikariDataSource> pools() {
    return List.of(
        stack.api().bean(HikariDataSource.class),
        stack.worker().bean("recordsDataSource", HikariDataSource.class),
        stack.worker().bean("claimsDataSource", HikariDataSource.class),
        stack.worker().bean("renewalsDataSource", HikariDataSource.class));
  }

  /** Every job is updated once in each table: claimed in one, its outcome recorded in the other. */
  private Updates updatesSince(String table, Updates before, int jobs) {
    Updates after =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> updates(table), now -> now.all() - before.all() >= jobs);
    return new Updates(after.all() - before.all(), after.hot() - before.hot());
  }
}
