package io.mlp.api.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.worker.job.HandWorker;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Finished jobs are deleted once their time is over, and nothing else is. */
@ExtendWith(SharedStack.class)
class ExpiredJobsIT {
  private static final int STEP = 10;
  private static final Duration KEPT = Duration.ofDays(7);

  private final Database database;
  private final JobTable jobs;
  private final int version;
  private final HandWorker worker;
  private final ExpiredJobs expired;

  ExpiredJobsIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.worker = new HandWorker(database);
    // By this clock every job is old enough to have expired; the database's tells which have.
    this.expired = expired(Duration.ofDays(8));
  }

  private ExpiredJobs expired(Duration ahead) {
    return new ExpiredJobs(
        database.upkeep(),
        Clock.offset(Clock.systemUTC(), ahead),
        new RetentionSettings(
            KEPT, Duration.ofDays(1), Duration.ofDays(365), Duration.ofSeconds(1), STEP));
  }

  @BeforeEach
  void removeJobs() {
    database.sql().sql("truncate job, live, attempt").update();
  }

  @AfterEach
  void closeWorker() {
    worker.close();
  }

  /** Jobs that have ended, each after an attempt that failed. */
  private List<UUID> ended(int count, String expiresAt) {
    List<UUID> ids = jobs.add(NewRow.of(version), count);
    for (UUID id : ids) {
      database.sql().sql("delete from live where job_id = ?").param(id).update();
      database
          .sql()
          .sql(
              "update job set status = 'failed', expires_at = %s where id = ?".formatted(expiresAt))
          .param(id)
          .update();
      database
          .sql()
          .sql("insert into attempt (job_id, fence, kind, detail) values (?, 1, 'timeout', '')")
          .param(id)
          .update();
    }
    return ids;
  }

  private List<UUID> ended(int count) {
    return ended(count, "now() - interval '1 second'");
  }

  private List<UUID> kept() {
    return database
        .sql()
        .sql("select id from job")
        .query((row, _) -> row.getObject("id", UUID.class))
        .list();
  }

  @Test
  void exactlyTheExpiredJobsAreDeleted_withTheirAttempts() {
    List<UUID> kept = new ArrayList<>(jobs.add(NewRow.of(version), 3));
    worker.claim(version, 1);
    ended(4);
    kept.addAll(ended(3, "now() + interval '1 minute'"));
    ended(4);
    kept.addAll(jobs.add(NewRow.of(version), 2));

    for (int i = 0; i < 3; i++) {
      expired.run();
    }

    assertThat(kept()).containsExactlyInAnyOrderElementsOf(kept);
    assertThat(database.count("live")).isEqualTo(5);
    assertThat(database.count("attempt")).isEqualTo(3);
    assertThat(database.count("attempt a where not exists (select from job where id = a.job_id)"))
        .isZero();
  }

  @Test
  void manyAreDeletedInOneRun_aStepAtATime() {
    ended(3 * STEP);
    assertThat(expired.step()).isEqualTo(STEP);
    expired.run();
    assertThat(kept()).isEmpty();
  }

  @Test
  void whatEndedLateIsLookedAtAgain() {
    UUID first = ended(1, "now() + interval '1 minute'").getFirst();
    ended(STEP / 2);
    expired.run();
    assertThat(kept()).containsExactly(first);
    database
        .sql()
        .sql("update job set expires_at = now() - interval '1 second' where id = ?")
        .param(first)
        .update();
    expired.run();
    assertThat(kept()).isEmpty();
  }

  /** Whatever they say: the walk ends before them, so that young jobs cost it nothing. */
  @Test
  void jobsThatAreTooYoungToHaveExpiredAreNotLookedAt() {
    ended(3);
    expired(Duration.ofDays(6)).run();
    assertThat(kept()).hasSize(3);
  }

  @Test
  void aJobThatIsBeingRetriedStays() throws SQLException {
    UUID id = ended(1).getFirst();
    try (Connection retry = database.dataSource().getConnection();
        Statement statement = retry.createStatement()) {
      retry.setAutoCommit(false);
      statement.execute("update job set expires_at = null where id = '%s'".formatted(id));
      assertThat(expired.step()).isZero();
      retry.commit();
    }
    assertThat(expired.step()).isZero();
    assertThat(kept()).containsExactly(id);
  }

  @Test
  void severalReplicasDeleteSideBySide_eachJobOnce() throws Exception {
    int replicas = 4;
    Collection<UUID> all = ended(20 * STEP);
    CyclicBarrier start = new CyclicBarrier(replicas);
    int deleted = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(replicas)) {
      List<Future<Integer>> replies =
          Stream.generate(() -> expired(Duration.ofDays(8)))
              .limit(replicas)
              .map(replica ->
                  threads.submit(() -> {
                    start.await();
                    int sum = 0;
                    for (int i = 0; i < 40; i++) {
                      sum += replica.step();
                    }
                    return sum;
                  }))
              .toList();
      for (Future<Integer> reply : replies) {
        deleted += reply.get();
      }
    }
    assertThat(deleted).isEqualTo(all.size());
    assertThat(kept()).isEmpty();
    assertThat(database.count("attempt")).isZero();
  }
}
