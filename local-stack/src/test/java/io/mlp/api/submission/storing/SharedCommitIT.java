package io.mlp.api.submission.storing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mlp.api.idempotency.IdempotencyKey;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.submission.validation.NewJob;
import io.mlp.flow.Database;
import io.mlp.flow.IdleModel;
import io.mlp.flow.SharedStack;
import io.mlp.flow.Stack;
import io.mlp.job.JobContent;
import io.mlp.job.JobIds;
import io.mlp.job.JobOptions;
import io.mlp.job.store.Submission;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Requests that arrive at the same time share a commit, and share nothing else. What shares a
 * commit shows in the rows: PostgreSQL keeps with each the transaction that wrote it.
 */
@ExtendWith(SharedStack.class)
class SharedCommitIT {
  private static final String BUSY_COMMITTERS =
      "pg_stat_activity where wait_event_type = 'Lock' and query like '%with submitted%'";

  /** What {@code api.submission.committers} says in {@code api.yml}. */
  private static final int COMMITTERS = 1;

  private static final int ALLOWED_PRIORITY = 4;

  /** Passes through the api's checks only here; the table's own check refuses it. */
  private static final int FORBIDDEN_PRIORITY = 42;

  private final Database database;
  private final SharedCommit commit;
  private final IdleModel idle;
  private final CataloguedVersion version;
  private final List<Thread> senders = new ArrayList<>();

  SharedCommitIT(Stack stack) {
    this.database = stack.database();
    this.commit = stack.api().bean(SharedCommit.class);
    this.idle = IdleModel.in(stack);
    this.version = stack.api().bean(ModelCatalogue.class).version(idle.name(), 1).orElseThrow();
  }

  @AfterEach
  void removeJobs() {
    idle.close();
  }

  private NewJob job(int priority) {
    return new NewJob(
        version,
        new Submission(
            JobIds.next(),
            version.id(),
            true,
            "owner",
            "key",
            new JobContent(List.of(), JobOptions.NONE),
            priority,
            null,
            3,
            null,
            null,
            null));
  }

  /** One sender a job, each on a thread of its own as each request is. */
  private CompletableFuture<Instant> send(NewJob job) {
    CompletableFuture<Instant> answer = new CompletableFuture<>();
    senders.add(
        Thread.startVirtualThread(() -> {
          try {
            answer.complete(commit.store(job));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        }));
    return answer;
  }

  private List<NewJob> jobs(int count) {
    return IntStream.range(0, count).mapToObj(_ -> job(ALLOWED_PRIORITY)).toList();
  }

  private static UUID[] ids(List<NewJob> jobs) {
    return jobs.stream().map(NewJob::id).toArray(UUID[]::new);
  }

  /** How many transactions wrote the rows of these jobs. */
  private int transactions(List<NewJob> jobs) {
    return database
        .sql()
        .sql("select count(distinct xmin::text) from job where id = any(?)")
        .param(ids(jobs))
        .query(Integer.class)
        .single();
  }

  @Test
  void aJobAloneIsCommittedAtOnce_inBothTablesByOneTransaction() {
    NewJob job = job(ALLOWED_PRIORITY);
    Instant createdAt = commit.store(job);
    assertThat(
            database.count(
                """
                job j join live l on l.job_id = j.id
                where j.id = ? and j.xmin = l.xmin and j.created_at = ?::timestamptz
                  and j.status = 'queued' and l.lease_until is null and l.fence = 0
                """,
                job.id(),
                createdAt.toString()))
        .isEqualTo(1);
  }

  @Test
  void jobsThatArriveDuringACommitAreTheNextGroup() throws SQLException {
    List<NewJob> jobs = jobs(100);
    sendWhileAllCommittersAreBusy(jobs).forEach(CompletableFuture::join);
    assertThat(transactions(jobs)).isEqualTo(1);
    assertThat(
            database.count(
                "job j join live l on l.job_id = j.id where j.id = any(?) and j.xmin = l.xmin",
                (Object) ids(jobs)))
        .isEqualTo(100);
  }

  @Test
  void manySendersShareFewCommits() {
    List<NewJob> jobs = jobs(600);
    jobs.stream().map(this::send).toList().forEach(CompletableFuture::join);
    assertThat(database.count("job where id = any(?)", (Object) ids(jobs))).isEqualTo(600);
    assertThat(transactions(jobs)).isLessThan(600 / 5);
  }

  @Test
  void aJobThatTheDatabaseRefusesHarmsOnlyItsSender() throws SQLException {
    List<NewJob> jobs = new ArrayList<>(jobs(40));
    NewJob poisoned = job(FORBIDDEN_PRIORITY);
    jobs.add(20, poisoned);
    List<CompletableFuture<Instant>> answers = sendWhileAllCommittersAreBusy(jobs);
    CompletableFuture<Instant> refused = answers.remove(20);
    assertThatThrownBy(refused::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ProblemException.class);
    answers.forEach(CompletableFuture::join);
    jobs.remove(poisoned);
    assertThat(database.count("job where id = any(?)", (Object) ids(jobs))).isEqualTo(40);
    assertThat(database.count("live where job_id = any(?)", (Object) ids(jobs))).isEqualTo(40);
    assertThat(database.count("job where id = ?", poisoned.id())).isZero();
    assertThat(database.count("live where job_id = ?", poisoned.id())).isZero();
    // They did stand in one group with it: the group failed, and each was tried alone.
    assertThat(transactions(jobs)).isEqualTo(40);
  }

  @Test
  void aJobThatTheDatabaseRefusesLeavesNoKey_andNoneOfItsGroupIsStoredTwiceUnderOne()
      throws SQLException {
    String name = UUID.randomUUID().toString();
    IdempotencyKey taken = new IdempotencyKey("owner", name, "00");
    IdempotencyKey wasted = new IdempotencyKey("owner", name + "-wasted", "00");
    List<NewJob> jobs = new ArrayList<>(jobs(28));
    jobs.add(job(ALLOWED_PRIORITY).under(taken));
    jobs.add(job(FORBIDDEN_PRIORITY).under(wasted));
    jobs.add(job(ALLOWED_PRIORITY).under(taken));
    jobs.add(job(ALLOWED_PRIORITY).under(taken));
    List<CompletableFuture<Instant>> answers = sendWhileAllCommittersAreBusy(jobs);
    assertThat(answers)
        .filteredOn(answer -> answer.handle((_, e) -> e instanceof KeyTakenException).join())
        .hasSize(2);
    assertThat(database.count("job where id = any(?)", (Object) ids(jobs))).isEqualTo(29);
    assertThat(
            database.count("idempotency_key k join job j on j.id = k.job_id where k.key = ?", name))
        .isEqualTo(1);
    assertThat(database.count("idempotency_key where key = ?", wasted.name())).isZero();
    commit.store(job(ALLOWED_PRIORITY).under(wasted));
  }

  /** Holds up the database until every sender waits, so that these jobs are one group. */
  private List<CompletableFuture<Instant>> sendWhileAllCommittersAreBusy(List<NewJob> jobs)
      throws SQLException {
    try (Connection holder = database.dataSource().getConnection();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute("lock table job in share mode");
      List<CompletableFuture<Instant>> others = new ArrayList<>();
      for (int busy = 1; busy <= COMMITTERS; busy++) {
        int committers = busy;
        others.add(send(job(ALLOWED_PRIORITY)));
        await().until(() -> database.count(BUSY_COMMITTERS) == committers);
      }
      List<CompletableFuture<Instant>> answers = new ArrayList<>();
      jobs.forEach(job -> answers.add(send(job)));
      await()
          .until(() ->
              senders.stream().allMatch(sender -> sender.getState() == Thread.State.TIMED_WAITING));
      holder.rollback();
      others.forEach(CompletableFuture::join);
      return answers;
    }
  }
}
