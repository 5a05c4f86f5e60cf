package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.worker.job.HandWorker;
import io.mlp.worker.job.JobOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A record in a real deadlock, which PostgreSQL ends by failing it. */
@ExtendWith(SharedStack.class)
class DeadlockIT {
  private final Database database;
  private final JobTable jobs;
  private final int version;

  DeadlockIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
  }

  @Test
  void aRecordThatLosesItsLocksIsTriedAgain() throws Exception {
    List<UUID> ids = jobs.add(NewRow.of(version), 2);
    AtomicInteger tries = new AtomicInteger();
    try (HandWorker worker = new HandWorker(database);
        Connection other = database.dataSource().getConnection()) {
      other.setAutoCommit(false);
      JobOutcome[] outcomes =
          worker.claim(version, 2).stream().map(HandWorker::success).toArray(JobOutcome[]::new);
      // Records take their locks in the order of ids, and this one the other way.
      lock(other, ids.getLast());
      CompletableFuture<List<UUID>> recorded =
          CompletableFuture.supplyAsync(() ->
              new RetryUntilAvailable(() -> true)
                  .get(() -> {
                    tries.incrementAndGet();
                    return worker.record(outcomes);
                  }));
      await().until(() -> database.count("pg_locks where not granted") > 0);
      lock(other, ids.getFirst());
      other.rollback();

      assertThat(recorded.get()).containsExactlyInAnyOrderElementsOf(ids);
      assertThat(tries).as("the first was chosen as the victim").hasValueGreaterThan(1);
      assertThat(ids).allMatch(id -> jobs.job(id).status().equals("succeeded"));
    }
  }

  private static void lock(Connection connection, UUID id) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement("select from live where job_id = ? for update")) {
      lock.setObject(1, id);
      lock.execute();
    }
  }
}
