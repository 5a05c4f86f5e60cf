package io.mlp.api.retirement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.OrphanedJob;
import io.mlp.job.store.OrphanedJobs;
import io.mlp.job.store.PageWalk;
import io.mlp.worker.job.HandWorker;
import io.mlp.worker.job.JobOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Jobs leave a version one step at a time, whoever else is at them. */
@ExtendWith(SharedStack.class)
class ReassignmentIT {
  private final Database database;
  private final JobTable jobs;
  private final OrphanedJobs orphans;
  private final HandWorker worker;
  private final int from;
  private final int to;

  ReassignmentIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.orphans = new OrphanedJobs(database.sql());
    this.worker = new HandWorker(database);
    this.from = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.to = IdleModel.register(database, "model-" + UUID.randomUUID());
  }

  @AfterEach
  void closeWorker() {
    worker.close();
  }

  private UUID free(NewRow row) {
    UUID id = jobs.add(row);
    database.sql().sql("update job set pinned = false where id = :id").param("id", id).update();
    return id;
  }

  private int versionOf(UUID id) {
    return database
        .sql()
        .sql("select model_version_id from job where id = :id")
        .param("id", id)
        .query(Integer.class)
        .single();
  }

  private List<UUID> claim(int version, int most) {
    return worker.claim(version, most).stream().map(ClaimedJob::id).toList();
  }

  @Test
  void allJobsThatWaitForAVersionAreDecidedAbout_andNoOthers() {
    List<UUID> waiting = jobs.add(NewRow.of(from), 100);
    jobs.add(NewRow.of(to));
    worker.claim(from, 1);
    List<UUID> seen = new ArrayList<>();

    int moved =
        orphans.decide(
            from,
            some -> {
              some.forEach(job -> seen.add(job.id()));
              return orphans.abandon(some, "gone");
            });

    assertThat(moved).isEqualTo(99);
    assertThat(seen).hasSize(99).isSubsetOf(waiting);
  }

  @Test
  void aMovedJobIsClaimedThere() {
    UUID id = free(NewRow.of(from));

    assertThat(orphans.reassign(orphans.jobs(PageWalk.Pages.ALL, from), to)).isEqualTo(1);

    assertThat(versionOf(id)).isEqualTo(to);
    assertThat(claim(from, 10)).isEmpty();
    assertThat(claim(to, 10)).containsExactly(id);
  }

  @Test
  void anEndedJobIsFailed_withWhatItsAttemptsWere() {
    UUID id = jobs.add(NewRow.of(from));
    worker.jobs().release(List.of(worker.claimOne(from)));

    assertThat(orphans.abandon(orphans.jobs(PageWalk.Pages.ALL, from), "gone")).isEqualTo(1);

    assertThat(jobs.live(id)).isEmpty();
    JobTable.JobRow row = jobs.job(id);
    assertThat(row.status()).isEqualTo("failed");
    assertThat(row.failureKind()).isEqualTo("model_unavailable");
    assertThat(row.failureDetail()).isEqualTo("gone");
    assertThat(row.expiresAt()).isAfter(row.completedAt());
    assertThat(
            database
                .sql()
                .sql("select fence from job where id = :id")
                .param("id", id)
                .query(Integer.class)
                .single())
        .as("claimed, released, ended: a retry goes on from it")
        .isEqualTo(3);
  }

  @Test
  void aJobThatAWorkerTookMeanwhileIsLeftToIt() {
    UUID moved = free(NewRow.of(from));
    UUID ended = jobs.add(NewRow.of(from));
    List<OrphanedJob> seen = orphans.jobs(PageWalk.Pages.ALL, from);
    assertThat(seen).hasSize(2);
    List<ClaimedJob> running = worker.claim(from, 2);

    assertThat(orphans.reassign(seen, to)).isZero();
    assertThat(orphans.abandon(seen, "gone")).isZero();

    assertThat(versionOf(moved)).isEqualTo(from);
    JobOutcome[] outcomes = running.stream().map(HandWorker::success).toArray(JobOutcome[]::new);
    assertThat(worker.record(outcomes)).containsExactlyInAnyOrder(moved, ended);
  }

  @Test
  void aStepIsBounded_andTheNextOneGoesOn() {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      ids.add(free(NewRow.of(from).sequence(i)));
    }
    List<UUID> first =
        orphans.jobs(PageWalk.Pages.ALL, from).stream().map(OrphanedJob::id).toList();
    assertThat(first).hasSize(64).isSubsetOf(ids);

    int steps = 0;
    while (orphans.reassign(orphans.jobs(PageWalk.Pages.ALL, from), to) > 0) {
      steps++;
    }

    assertThat(steps).isEqualTo(3);
    assertThat(ids).allMatch(id -> versionOf(id) == to);
    for (UUID id : ids) {
      assertThat(claim(to, 1)).as("an owner's jobs stay in their order").containsExactly(id);
    }
  }

  /** Turns of a queue that has been long in use would put them behind everyone in a new one. */
  @Test
  void movedJobsTakeTheirTurnAmongThoseThatWaitThere() {
    UUID moved = free(NewRow.of(from).of("mover").sequence(1_000_000));
    for (long sequence = 5; sequence < 25; sequence++) {
      jobs.add(NewRow.of(to).of("other").sequence(sequence));
    }

    orphans.reassign(orphans.jobs(PageWalk.Pages.ALL, from), to);

    assertThat(claim(to, 3)).contains(moved);
  }

  @Test
  void inputsOfAStepAreBounded() {
    for (int i = 0; i < 4; i++) {
      UUID id = free(NewRow.of(from).sequence(i));
      database
          .sql()
          .sql(
              """
              update job set inputs = decode('010000' || repeat('00', 9 * 1024 * 1024), 'hex')
              where id = :id
              """)
          .param("id", id)
          .update();
    }

    assertThat(orphans.jobs(PageWalk.Pages.ALL, from)).hasSize(2);
  }
}
