package io.mlp.api.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.job.store.QueueStatistics;
import io.mlp.worker.job.HandWorker;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What waits and runs is counted as it is, by queue. */
@ExtendWith(SharedStack.class)
class QueueStatisticsIT {
  private final Database database;
  private final JobTable jobs;
  private final HandWorker worker;
  private final QueueStatistics live;

  QueueStatisticsIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.worker = new HandWorker(database);
    this.live = new QueueStatistics(database.sql());
  }

  @AfterEach
  void closeWorker() {
    worker.close();
  }

  private int version() {
    return IdleModel.register(database, "model-" + UUID.randomUUID());
  }

  private QueueStatistics.Count count(int version) {
    List<QueueStatistics.Count> counts =
        live.count().queues().stream().filter(count -> count.versionId() == version).toList();
    assertThat(counts).hasSize(1);
    return counts.getFirst();
  }

  @Test
  void waitingAndRunningJobsAreCountedByOwner() {
    String owner = "owner-" + UUID.randomUUID();
    int one = version();
    jobs.add(NewRow.of(one).of(owner), 3);
    worker.claim(one, 2);
    jobs.add(NewRow.of(version()).of(owner));
    assertThat(live.count().inFlight()).containsEntry(owner, 4L);
  }

  @Test
  void waitingAndRunningJobsAreCountedByVersion() {
    int one = version();
    jobs.add(NewRow.of(one), 5);
    worker.claim(one, 2);
    int two = version();
    jobs.add(NewRow.of(two));
    assertThat(count(one).queued()).isEqualTo(3);
    assertThat(count(one).running()).isEqualTo(2);
    assertThat(count(two).queued()).isEqualTo(1);
    assertThat(live.count().queues()).noneMatch(count -> count.versionId() == version());
  }

  @Test
  void theOldestIsTheOneThatCouldHaveBeenClaimedForLongest() {
    int version = version();
    List<UUID> ids = jobs.add(NewRow.of(version), 3);
    jobs.update(ids.get(0), "ready_at = now() - interval '1 hour'");
    jobs.update(ids.get(1), "ready_at = now() - interval '2 hours', lease_until = now()");
    jobs.update(ids.get(2), "ready_at = now() + interval '1 hour'");
    assertThat(count(version).oldestSeconds()).isBetween(3600.0, 3660.0);
  }

  @Test
  void whatWaitsForItsNextAttemptIsNotOld() {
    int version = version();
    UUID id = jobs.add(NewRow.of(version));
    jobs.update(id, "ready_at = now() + interval '1 hour'");
    assertThat(count(version)).isEqualTo(new QueueStatistics.Count(version, 1, 0, false, 0));
  }
}
