package io.mlp.api.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.WaitingJobs;
import io.mlp.tensor.TensorCodec;
import io.mlp.worker.job.HandWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Owners take turns: the turns that the api gives, in the order in which workers claim. */
@ExtendWith(SharedStack.class)
class TurnsIT {
  private final Database database;
  private final JobTable jobs;
  private final int version;
  private final HandWorker worker;
  private final Turns turns;

  TurnsIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.worker = new HandWorker(database);
    this.turns = new Turns(new WaitingJobs(database.sql()));
  }

  @AfterEach
  void closeWorker() {
    worker.close();
  }

  private List<UUID> submit(String owner, int priority, int times) {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      long turn = turns.next(version, priority, owner);
      ids.add(jobs.add(NewRow.of(version).of(owner).priority(priority).turn(turn)));
    }
    return ids;
  }

  private List<UUID> claim(int most) {
    return worker.claim(version, most).stream().map(ClaimedJob::id).toList();
  }

  @Test
  void manyJobsOfOneOwnerDoNotStandBeforeTheFewOfAnother() {
    submit("many", 4, 300);
    List<UUID> few = submit("few", 4, 10);
    assertThat(claim(22)).containsAll(few);
  }

  /** The next one, and the next twenty: not the next after a long while. */
  @Test
  void aHundredThousandJobsOfOneOwnerStandBeforeNeitherUrgentJobsNorThoseOfAnother() {
    addBacklog("many", 100_000);
    UUID urgent = submit("many", 9, 1).getFirst();
    List<UUID> few = submit("few", 4, 10);
    assertThat(claim(1)).containsExactly(urgent);
    assertThat(claim(21)).containsAll(few);
    assertThat(database.count("live where model_version_id = ? and lease_until is null", version))
        .isEqualTo(100_011 - 22);
  }

  /** As so many submissions would leave it, in one statement. */
  private void addBacklog(String owner, int count) {
    database
        .sql()
        .sql(
            """
            with submitted as (
              insert into job (id, model_version_id, owner, priority, max_attempts, retention, inputs)
              select gen_random_uuid(), ?, ?, 4, 3, interval '7 days', ?
              from generate_series(1, ?)
              returning id, model_version_id, owner, priority, max_attempts
            )
            insert into live (job_id, model_version_id, priority, turn, owner, max_attempts,
                              ready_at, due_at)
            select id, model_version_id, priority, row_number() over (), owner, max_attempts,
                   now(), now()
            from submitted
            """)
        .params(version, owner, TensorCodec.encode(List.of()), count)
        .update();
  }

  @Test
  void anOwnersJobsStayInTheirOrder() {
    List<UUID> ids = submit("one", 4, 20);
    for (UUID id : ids) {
      assertThat(claim(1)).containsExactly(id);
    }
  }

  @Test
  void anOwnerWhoComesLateStartsAtTheTurnThatIsServed() {
    submit("early", 4, 100);
    claim(60);
    List<UUID> late = submit("late", 4, 5);
    List<UUID> next = claim(12);
    assertThat(next).containsAll(late);
    assertThat(next).hasSize(12);
  }

  @Test
  void whatTheApiForgetsItReadsFromTheJobsThatWait() {
    submit("one", 4, 7);
    turns.forget();
    assertThat(turns.next(version, 4, "one")).isEqualTo(8);
    assertThat(new Turns(new WaitingJobs(database.sql())).next(version, 4, "one")).isEqualTo(8);
  }

  @Test
  void prioritiesHaveRoundsOfTheirOwn() {
    submit("one", 4, 50);
    assertThat(turns.next(version, 9, "one")).isEqualTo(1);
  }

  @Test
  void submissionsAtTheSameMomentGetTurnsOfTheirOwn() throws Exception {
    List<Long> given = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Long>> asked =
          LongStream.range(0, 200)
              .mapToObj(_ -> threads.submit(() -> turns.next(version, 4, "one")))
              .toList();
      for (Future<Long> turn : asked) {
        given.add(turn.get());
      }
    }
    assertThat(given)
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 200).boxed().toList());
  }
}
