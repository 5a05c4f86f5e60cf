package io.mlp.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.Moves;
import io.mlp.flow.SharedStack;
import io.mlp.job.store.Backoff;
import io.mlp.job.store.Dispatchable;
import io.mlp.job.store.JobUpkeep;
import io.mlp.job.store.WaitingJobs;
import io.mlp.job.store.WaitingJobs.Due;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/** Which jobs want a ticket, and which seem to have lost theirs. */
@ExtendWith(SharedStack.class)
class WaitingJobsIT {
  private static final int MANY = 2000;

  private final Database database;
  private final JobTable jobs;
  private final WaitingJobs waiting;
  private final int version;

  WaitingJobsIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.waiting = new WaitingJobs(database.sql());
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
  }

  @BeforeEach
  void forgetOtherTestsJobs() {
    database.sql().sql("delete from live").update();
  }

  private UUID job(String assignments) {
    UUID id = jobs.add(NewRow.of(version));
    jobs.update(id, assignments);
    return id;
  }

  private List<UUID> dispatch(Due due, int most) {
    return waiting.dispatch(version, due, most).stream().map(Dispatchable::id).toList();
  }

  /** As the reaper does, with what is told on the command line. */
  private void look() {
    look(database.upkeep());
  }

  private static void look(JobUpkeep upkeep) {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
    upkeep.lookAtAll(100, backoff, Duration.ofSeconds(5), ThreadLocalRandom.current());
  }

  private Connection oldSnapshot() throws SQLException {
    Connection old = DriverManager.getConnection(database.url(), "mlp", "mlp");
    old.setAutoCommit(false);
    old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    old.createStatement().execute("select count(*) from live");
    return old;
  }

  /** With many jobs that wait. */
  private void fillBacklog(String column, String value) {
    database
        .sql()
        .sql(
            """
            insert into live (job_id, model_version_id, priority, owner, max_attempts, ready_at, %s)
            select gen_random_uuid(), :version, 4, 'owner', 3, now(), %s
            from generate_series(1, :many) i
            """
                .formatted(column, value))
        .param("version", version)
        .param("many", MANY)
        .update();
  }

  private void settle(int sequence) {
    database
        .sql()
        .sql(
            """
            insert into backlog (model_version_id, holder, lease_until, virtual_time, settled)
            values (?, gen_random_uuid(), now(), array_fill(9, array[10]), array_fill(?, array[10]))
            """)
        .params(version, sequence)
        .update();
  }

  /** One session whose looks at blocks can be counted, with the plans that a large table gets. */
  private final class HeldConnection implements AutoCloseable {
    private final SingleConnectionDataSource source =
        new SingleConnectionDataSource(
            database.url() + "?options=-c%20enable_seqscan=off%20-c%20enable_bitmapscan=off",
            "mlp",
            "mlp",
            true);
    final JdbcClient sql = JdbcClient.create(source);

    JobUpkeep upkeep() {
      return new JobUpkeep(
          sql, new TransactionTemplate(new DataSourceTransactionManager(source)), new Moves());
    }

    long blocks(String table, Runnable work) {
      long before = blocks(table);
      work.run();
      return blocks(table) - before;
    }

    private long blocks(String table) {
      sql.sql("select pg_stat_force_next_flush()::text").query(String.class).optional();
      return sql.sql(
              """
              select heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read
              from pg_statio_user_tables where relname = ?
              """)
          .param(table)
          .query(Long.class)
          .single();
    }

    @Override
    public void close() {
      source.destroy();
    }
  }

  private boolean wantsTicket(UUID id) {
    return jobs.live(id).orElseThrow().dispatchIn() != null;
  }

  @Test
  void theDueAreTakenOnce_thoseOfTheHighestPriorityFirst() {
    UUID low = job("dispatch_at = now() - interval '3 seconds', priority = 1");
    UUID high = job("dispatch_at = now() - interval '1 second', priority = 2");
    job("dispatch_at = now() + interval '1 hour'");
    job("dispatch_at = now(), lease_until = now() + interval '1 hour'");
    jobs.add(NewRow.of(version));

    Due due = waiting.due(Due.NOTHING);
    assertThat(due.versions()).containsExactly(version);
    assertThat(dispatch(due, 1)).containsExactly(high);
    assertThat(dispatch(due, 10)).containsExactly(low);
    assertThat(dispatch(due, 10)).isEmpty();
    assertThat(waiting.due(due.without(version)).versions()).isEmpty();
  }

  /** Rows of jobs that were due long ago may be dead, and there all the same. */
  @Test
  void nothingIsLookedAtThatWasDueBeforeTheLastLook() {
    job("dispatch_at = now() - interval '1 hour'");
    Due due = waiting.due(Due.NOTHING);
    assertThat(due.versions()).containsExactly(version);
    job("dispatch_at = now() - interval '1 hour'");
    assertThat(waiting.due(due.without(version)).versions()).isEmpty();
  }

  @Test
  void whatWasDueStaysSo_untilNothingIsLeftOfIt() {
    UUID early = job("dispatch_at = now() - interval '1 hour'");
    Due due = waiting.due(waiting.due(Due.NOTHING));
    assertThat(due.versions()).containsExactly(version);
    assertThat(dispatch(due, 8)).containsExactly(early);
  }

  /** Those have no room for as long as no worker comes. */
  @Test
  void jobsThatStayDue_makeTheLooksAtOthersNoLonger() throws SQLException {
    int stuck = IdleModel.register(database, "model-" + UUID.randomUUID());
    UUID early = jobs.add(NewRow.of(stuck));
    jobs.update(early, "dispatch_at = now() - interval '2 hours'");
    try (Connection _ = oldSnapshot();
        HeldConnection held = new HeldConnection()) {
      WaitingJobs its = new WaitingJobs(held.sql);
      fillBacklog("dispatch_at", "now() - interval '1 hour' - random() * interval '1 minute'");
      database.sql().sql("delete from live where job_id <> ?").param(early).update();
      Due due = its.due(Due.NOTHING);
      job("dispatch_at = now()");

      long blocks =
          held.blocks(
              "live",
              () -> {
                Due next = its.due(due);
                assertThat(next.versions()).containsExactlyInAnyOrder(stuck, version);
                assertThat(its.dispatch(version, next, 8)).hasSize(1);
              });

      assertThat(blocks).isLessThan(MANY / 10);
    }
  }

  /** It is rewritten twice a second, and where an old snapshot is held all of that stays. */
  @Test
  void theBacklogsRowIsNotLookedUpForEachJob() throws SQLException {
    try (Connection _ = oldSnapshot();
        HeldConnection held = new HeldConnection()) {
      fillBacklog("sequence", "100 + i");
      settle(5);
      database
          .sql()
          .sql(
              "do 'begin for i in 1..1000 loop update backlog set settled = settled; end loop; end'")
          .update();

      assertThat(held.blocks("backlog", () -> look(held.upkeep()))).isLessThan(MANY / 4);
    }
  }

  /** Each wait is as long as all before. */
  @ParameterizedTest
  @CsvSource({
    "4,    ,      false",
    "6,    ,      true",
    "6,    3,     false",
    "10,   6,     true",
    "30,   12,    false",
    "30,   16,    true",
    "9999, 59,    false",
    "9999, 61,    true"
  })
  void aTicketSeemsLost_ifTheJobHasWaitedForAsLongAgain(
      int readySecondsAgo, Integer sentSecondsAgo, boolean lost) {
    UUID id =
        job(
            "ready_at = now() - interval '%d seconds', dispatched_at = %s"
                .formatted(
                    readySecondsAgo,
                    sentSecondsAgo == null
                        ? "null"
                        : "now() - interval '%d seconds'".formatted(sentSecondsAgo)));

    look();

    assertThat(wantsTicket(id)).isEqualTo(lost);
  }

  @Test
  void ajobOfTheBacklogHasLostItsTicket_onceTicketsBehindItAreSettled() {
    UUID settled = job("sequence = 5, ready_at = now() - interval '1 hour'");
    UUID not = job("sequence = 6, ready_at = now() - interval '1 hour'");
    look();
    assertThat(wantsTicket(settled)).as("no ticket was sent").isFalse();
    settle(5);

    look();

    assertThat(wantsTicket(settled)).isTrue();
    assertThat(wantsTicket(not)).isFalse();
    assertThat(database.count("live where job_id = ? and sequence is null", settled)).isEqualTo(1);
  }

  @Test
  void whatRunsOrBacksOffOrWaitsForARetiredVersionWantsNone() {
    UUID running =
        job("ready_at = now() - interval '1 hour', lease_until = now() + interval '1 hour'");
    UUID backingOff = job("ready_at = now() + interval '1 hour'");
    int retired = IdleModel.register(database, "model-" + UUID.randomUUID());
    database
        .sql()
        .sql("update model_version set retired_at = now() where id = ?")
        .param(retired)
        .update();
    UUID orphan = jobs.add(NewRow.of(retired));
    jobs.update(orphan, "ready_at = now() - interval '1 hour'");

    look();

    assertThat(List.of(running, backingOff, orphan)).noneMatch(this::wantsTicket);
  }

  /** A replica may have died with it in hand, or its commit came late. */
  @Test
  void whatIsDueForLongIsNoticed() {
    UUID id = job("dispatch_at = now() - interval '2 minutes'");
    look();
    assertThat(jobs.live(id).orElseThrow().dispatchIn()).isGreaterThan(Duration.ofMinutes(-1));
  }

  @Test
  void allWithATicketWantAnother_whereABrokerLostThem() {
    UUID ticketed = jobs.add(NewRow.of(version));
    UUID backlogged = job("sequence = 1");
    int other = IdleModel.register(database, "model-" + UUID.randomUUID());
    UUID elsewhere = jobs.add(NewRow.of(other));

    waiting.redispatch(Set.of(version));

    assertThat(wantsTicket(ticketed)).isTrue();
    assertThat(wantsTicket(backlogged)).as("the backlog comes to it").isFalse();
    assertThat(wantsTicket(elsewhere)).isFalse();
  }
}
