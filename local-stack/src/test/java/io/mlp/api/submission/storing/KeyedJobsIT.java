package io.mlp.api.submission.storing;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.submission.validation.NewJob;
import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.SharedStack;
import io.mlp.flow.Stack;
import io.mlp.job.JobContent;
import io.mlp.job.JobIds;
import io.mlp.job.JobOptions;
import io.mlp.job.store.Submission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The statement that stores jobs under keys: a job is stored with its key or not at all. */
@ExtendWith(SharedStack.class)
class KeyedJobsIT {
  private static final int ROUNDS = 50;

  private final Database database;
  private final NewJobs store;
  private final IdleModel idle;
  private final CataloguedVersion version;
  private final String prefix = UUID.randomUUID() + "-";

  KeyedJobsIT(Stack stack) {
    this.database = stack.database();
    this.store = stack.api().bean(NewJobs.class);
    this.idle = IdleModel.in(stack);
    this.version = stack.api().bean(ModelCatalogue.class).version(idle.name(), 1).orElseThrow();
  }

  @AfterEach
  void removeJobs() {
    idle.close();
  }

  private NewJob job() {
    return job("owner");
  }

  private NewJob job(String owner) {
    return new NewJob(
        version,
        new Submission(
            JobIds.next(),
            version.id(),
            true,
            owner,
            "key",
            new JobContent(List.of(), JobOptions.NONE),
            4,
            null,
            3,
            null,
            null,
            null));
  }

  private NewJob named(String key) {
    return named("owner", key);
  }

  private NewJob named(String owner, String key) {
    return job(owner).under(new IdempotencyKey(owner, prefix + key, "00ff"));
  }

  /** The jobs that were refused. */
  private Set<UUID> insert(List<NewJob> jobs) {
    return store.insert(jobs.stream().map(job -> job.submission().placed(1)).toList()).duplicates();
  }

  private long stored(NewJob job) {
    return database.count("job j join live l on l.job_id = j.id where j.id = ?", job.id());
  }

  @Test
  void aGroupOfAllSortsStoresWhatIsNewOrHasNoKey() {
    NewJob before = named("a");
    assertThat(insert(List.of(before))).isEmpty();
    NewJob twin = named("a");
    NewJob plain = job();
    NewJob other = named("b");
    assertThat(insert(List.of(twin, plain, other))).containsExactly(twin.id());
    assertThat(List.of(before, plain, other)).allMatch(job -> stored(job) == 1);
    assertThat(stored(twin)).isZero();
    assertThat(
            database.count(
                """
                idempotency_key where owner = 'owner' and key = ? and job_id = ?
                  and fingerprint = '\\x00ff'
                  and expires_at between now() + interval '23 hours' and now() + interval '24 hours'
                """,
                prefix + "b",
                other.id()))
        .isEqualTo(1);
  }

  @Test
  void ofTwinsInOneGroupOneIsStored() {
    List<NewJob> twins = List.of(named("a"), named("a"), named("a"));
    assertThat(insert(twins)).hasSize(2);
    assertThat(twins.stream().mapToLong(this::stored).sum()).isEqualTo(1);
  }

  @Test
  void theSameNameOfAnotherOwnerIsAnotherKey() {
    assertThat(insert(List.of(named("a")))).isEmpty();
    assertThat(insert(List.of(named("other", "a")))).isEmpty();
  }

  /** Two committers that have the same keys in opposite order, at the same moment. */
  @Test
  void groupsWithTheSameKeysDoNotDeadlock() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < ROUNDS; round++) {
        String name = round + "-";
        List<NewJob> forth = IntStream.range(0, 40).mapToObj(i -> named(name + i)).toList();
        List<NewJob> back =
            new ArrayList<>(IntStream.range(0, 40).mapToObj(i -> named(name + i)).toList())
                .reversed();
        List<Future<Set<UUID>>> refused = new ArrayList<>();
        for (List<NewJob> group : List.of(forth, back)) {
          refused.add(
              threads.submit(() -> {
                start.await();
                return insert(group);
              }));
        }
        assertThat(refused.getFirst().get().size() + refused.getLast().get().size()).isEqualTo(40);
      }
    }
    assertThat(database.count("job where model_version_id = ?", idle.id())).isEqualTo(40L * ROUNDS);
  }
}
