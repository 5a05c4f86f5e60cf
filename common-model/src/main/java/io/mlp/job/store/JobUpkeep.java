package io.mlp.job.store;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.JobStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Ends or requeues jobs whose time is over, whether or not any worker lives. Any number of
 * processes may do so side by side.
 */
public class JobUpkeep {
  private static final String PAGES = Sql.read("pages");
  private static final String OVERDUE = Sql.read("overdue");
  private static final String PASSED_DEADLINES = Sql.read("passed_deadlines");
  private static final String DELETE_EXPIRED = Sql.read("delete_expired");
  private static final Failure LOST =
      new Failure(FailureKind.WORKER_LOST, "The worker's lease ran out");

  /** How long a deadline has passed at most that is looked for by itself. */
  private static final Duration LATE = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  private final TransactionOperations transaction;
  private final JobEndings endings;
  private final JobLeases leases;
  private final WaitingJobs waiting;
  private final MovedJobs moved;
  private final PageWalk walk = new PageWalk();

  public JobUpkeep(JdbcClient jdbc, TransactionOperations transaction, MovedJobs moved) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.endings = new JobEndings(jdbc);
    this.leases = new JobLeases(jdbc);
    this.waiting = new WaitingJobs(jdbc);
    this.moved = moved;
  }

  private record Overdue(
      UUID id,
      int versionId,
      int fence,
      int attempts,
      int maxAttempts,
      boolean isolated,
      boolean running,
      boolean expired) {
    static Overdue of(ResultSet row) throws SQLException {
      return new Overdue(
          Columns.id(row, "job_id"),
          row.getInt("model_version_id"),
          row.getInt("fence"),
          row.getInt("attempts"),
          row.getInt("max_attempts"),
          row.getBoolean("isolated"),
          row.getBoolean("running"),
          row.getBoolean("expired"));
    }

    boolean ends() {
      return expired || (isolated && attempts >= maxAttempts);
    }

    Ending ending() {
      return expired ? Ending.expired(id, fence, running) : Ending.failed(id, fence, LOST);
    }

    Requeue requeue(Backoff backoff, RandomGenerator random) {
      return new Requeue(id, fence, spent(), true, backoff.after(attempts, random), LOST);
    }

    void tell(MovedJobs moved) {
      if (ends()) {
        moved.ended(versionId, ending().move().to(), ending().kind());
      } else {
        moved.requeued(versionId, LOST.kind());
      }
    }

    /** Only a loss while it ran isolated was surely the job's doing, and only that one counts. */
    int spent() {
      return isolated ? attempts : attempts - 1;
    }
  }

  /**
   * Looks at all unfinished jobs. Those whose lease has run out, by the database's clock, are taken
   * back from workers that died or hung: a job is queued again after a backoff as a poison
   * candidate, which workers run isolated; when its last attempt was lost while it ran isolated, it
   * fails. Those whose deadline has passed end. Those that seem to have lost their tickets want
   * others.
   *
   * @param batch the most jobs that one statement moves
   * @param redispatchAfter how long ago a ticket was sent at least that seems lost
   */
  public Found lookAtAll(
      int batch, Backoff backoff, Duration redispatchAfter, RandomGenerator random) {
    List<Found> found = new ArrayList<>();
    WaitingJobs.Settled settled = waiting.settled();
    walk.walk(
        jdbc.sql(PAGES).query(Long.class).single(),
        pages -> {
          Found step = lookAt(pages, batch, backoff, random);
          while (step.jobs() == batch) {
            found.add(step);
            step = lookAt(pages, batch, backoff, random);
          }
          found.add(step);
          waiting.redispatch(pages, settled, Set.of(), redispatchAfter);
        });
    return found.stream().reduce(Found.NONE, Found::plus);
  }

  /**
   * What was overdue.
   *
   * @param lost jobs whose lease had run out
   * @param expired jobs whose deadline had passed
   */
  public record Found(int lost, int expired) {
    private static final Found NONE = new Found(0, 0);

    private Found plus(Found other) {
      return new Found(lost + other.lost, expired + other.expired);
    }

    private int jobs() {
      return lost + expired;
    }
  }

  private Found lookAt(PageWalk.Pages pages, int batch, Backoff backoff, RandomGenerator random) {
    List<Overdue> overdue =
        transaction.execute(_ -> {
          List<Overdue> seen =
              jdbc.sql(OVERDUE)
                  .param("from", pages.firstRow())
                  .param("to", pages.rowBehind())
                  .param("most", batch)
                  .query((row, _) -> Overdue.of(row))
                  .list();
          endings.end(seen.stream().filter(Overdue::ends).map(Overdue::ending).toList());
          leases.requeue(
              seen.stream()
                  .filter(job -> !job.ends())
                  .map(job -> job.requeue(backoff, random))
                  .toList());
          return seen;
        });
    overdue.forEach(job -> job.tell(moved));
    int expired = (int) overdue.stream().filter(Overdue::expired).count();
    return new Found(overdue.size() - expired, expired);
  }

  /**
   * Ends jobs whose deadline has passed not long ago, waiting or running; those that this misses
   * are found by {@link #lookAtAll}.
   *
   * @return how many had one, at most {@code most}
   */
  public int expire(int most) {
    List<Passed> passed =
        transaction.execute(_ -> {
          List<Passed> seen =
              jdbc.sql(PASSED_DEADLINES)
                  .param("since", Columns.seconds(LATE))
                  .param("most", most)
                  .query((row, _) -> Passed.of(row))
                  .list();
          endings.end(seen.stream().map(Passed::ending).toList());
          return seen;
        });
    passed.forEach(job -> moved.ended(job.versionId, JobStatus.EXPIRED, null));
    return passed.size();
  }

  private record Passed(int versionId, Ending ending) {
    static Passed of(ResultSet row) throws SQLException {
      return new Passed(
          row.getInt("model_version_id"),
          Ending.expired(
              Columns.id(row, "job_id"), row.getInt("fence"), row.getBoolean("running")));
    }
  }

  /**
   * What a step of deleting did.
   *
   * @param walked jobs that were looked at
   * @param deleted those that have gone, with their attempts
   * @param last the one of them that comes last
   */
  public record Step(int walked, int deleted, UUID last) {}

  /**
   * Deletes what is kept no longer of the next jobs in the order of their ids.
   *
   * @param after where to begin
   * @param to where to end
   * @param step the most jobs to look at
   */
  public Step deleteExpired(UUID after, UUID to, int step) {
    return jdbc.sql(DELETE_EXPIRED)
        .param("after", after)
        .param("to", to)
        .param("step", step)
        .query((row, _) ->
            new Step(row.getInt("walked"), row.getInt("deleted"), Columns.id(row, "last")))
        .single();
  }
}
