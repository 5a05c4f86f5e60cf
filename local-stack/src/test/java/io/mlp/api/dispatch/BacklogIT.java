package io.mlp.api.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.JobTable;
import io.mlp.flow.JobTable.NewRow;
import io.mlp.flow.SharedStack;
import io.mlp.job.store.Backlog;
import io.mlp.job.store.Dispatchable;
import io.mlp.job.store.WaitingJobs;
import io.mlp.tensor.TensorCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Owners take turns: the sequences that the api gives, in the order in which jobs get tickets. */
@ExtendWith(SharedStack.class)
class BacklogIT {
  private final Database database;
  private final JobTable jobs;
  private final int version;
  private BacklogDispatch dispatch;
  private final FairQueue fairQueue;

  BacklogIT(Database database) {
    this.database = database;
    this.jobs = new JobTable(database);
    this.version = IdleModel.register(database, "model-" + UUID.randomUUID());
    this.dispatch = replica();
    this.fairQueue = new FairQueue(new WaitingJobs(database.sql()));
  }

  private BacklogDispatch replica() {
    return new BacklogDispatch(new Backlog(database.sql()), HandDispatch.SETTINGS);
  }

  private List<UUID> submit(String owner, int priority, int times) {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      long sequence = fairQueue.next(version, priority, owner);
      ids.add(jobs.add(NewRow.of(version).of(owner).priority(priority).sequence(sequence)));
    }
    return ids;
  }

  private List<UUID> take(int most) {
    return dispatch.next(version, most).jobs().stream().map(Dispatchable::id).toList();
  }

  @Test
  void manyJobsOfOneOwnerDoNotStandBeforeTheFewOfAnother() {
    submit("many", 4, 300);
    List<UUID> few = submit("few", 4, 10);
    assertThat(take(22)).containsAll(few);
  }

  /** The next one, and the next twenty: not the next after a long while. */
  @Test
  void aHundredThousandJobsOfOneOwnerStandBeforeNeitherUrgentJobsNorThoseOfAnother() {
    addBacklog("many", 100_000);
    UUID urgent = submit("many", 9, 1).getFirst();
    List<UUID> few = submit("few", 4, 10);
    assertThat(take(1)).containsExactly(urgent);
    assertThat(take(21)).containsAll(few);
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
            insert into live (job_id, model_version_id, priority, sequence, owner, max_attempts,
                              ready_at)
            select id, model_version_id, priority, row_number() over (), owner, max_attempts,
                   now()
            from submitted
            """)
        .params(version, owner, TensorCodec.encode(List.of()), count)
        .update();
  }

  @Test
  void anOwnersJobsStayInTheirOrder() {
    List<UUID> ids = submit("one", 4, 20);
    for (UUID id : ids) {
      assertThat(take(1)).containsExactly(id);
    }
  }

  @Test
  void anOwnerWhoComesLateStartsAtTheVirtualTime() {
    submit("early", 4, 100);
    take(60);
    List<UUID> late = submit("late", 4, 5);
    List<UUID> next = take(12);
    assertThat(next).containsAll(late);
    assertThat(next).hasSize(12);
  }

  @Test
  void whatTheApiForgetsItReadsFromTheJobsThatWait() {
    submit("one", 4, 7);
    fairQueue.forget();
    assertThat(fairQueue.next(version, 4, "one")).isEqualTo(8);
    assertThat(new FairQueue(new WaitingJobs(database.sql())).next(version, 4, "one")).isEqualTo(8);
  }

  @Test
  void prioritiesHaveRoundsOfTheirOwn() {
    submit("one", 4, 50);
    assertThat(fairQueue.next(version, 9, "one")).isEqualTo(1);
  }

  @Test
  void submissionsAtTheSameMomentGetSequencesOfTheirOwn() throws Exception {
    List<Long> given = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Long>> asked =
          LongStream.range(0, 200)
              .mapToObj(_ -> threads.submit(() -> fairQueue.next(version, 4, "one")))
              .toList();
      for (Future<Long> sequence : asked) {
        given.add(sequence.get());
      }
    }
    assertThat(given)
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, 200).boxed().toList());
  }

  @Test
  void manyOwnersAtOneSequenceAllGetTheirTickets() {
    List<UUID> ids = new ArrayList<>();
    for (int owner = 0; owner < 7; owner++) {
      ids.addAll(submit("owner-" + owner, 4, 1));
    }
    List<UUID> taken = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      taken.addAll(take(2));
    }
    assertThat(taken).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void whatRunsOrHasEndedIsPassedOver() {
    List<UUID> ids = submit("one", 4, 3);
    jobs.update(ids.get(0), "lease_until = now() + interval '1 minute'");
    database.sql().sql("delete from live where job_id = ?").param(ids.get(1)).update();
    assertThat(take(3)).containsExactly(ids.get(2));
  }

  @Test
  void oneReplicaAtATimeSendsTickets_andTheNextGoesOnWhereTheyAreSettled() {
    List<UUID> ids = submit("one", 4, 4);
    assertThat(take(2)).isEqualTo(ids.subList(0, 2));
    BacklogDispatch first = dispatch;
    dispatch = replica();
    assertThat(dispatch.next(version, 2).done()).isFalse();

    database
        .sql()
        .sql(
            """
            update backlog set lease_until = now() - interval '1 second', settled[4 + 1] = 1
            where model_version_id = ?
            """)
        .param(version)
        .update();

    dispatch = replica();
    assertThat(take(2)).isEqualTo(ids.subList(1, 3));
    assertThat(first.next(version, 2).jobs())
        .extracting(Dispatchable::id)
        .as("it has not heard of it, and its tickets claim nothing")
        .isSubsetOf(ids);
  }

  /** Whichever replica stores them. */
  @Test
  void noJobIsPlacedBeforeOneThatHasItsTicket() {
    submit("early", 4, 50);
    for (int i = 0; i < 10; i++) {
      take(5);
      fairQueue.forget();
      List<UUID> late = submit("late-" + i, 4, 1);
      assertThat(take(1000)).containsAll(late);
      submit("early", 4, 5);
    }
  }
}
