package io.mlp.job.store;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Ends or requeues jobs whose time is over, whether or not any worker lives. Any number of
 * processes may do so side by side.
 */
public class JobUpkeep {
  private static final String LOST_LEASES = Sql.read("lost_leases");
  private static final String PASSED_DEADLINES = Sql.read("passed_deadlines");
  private static final String DELETE_EXPIRED = Sql.read("delete_expired");
  private static final Failure LOST =
      new Failure(FailureKind.WORKER_LOST, "The worker's lease ran out");

  private final JdbcClient jdbc;
  private final TransactionOperations transaction;
  private final JobEndings endings;
  private final JobLeases leases;

  public JobUpkeep(JdbcClient jdbc, TransactionOperations transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.endings = new JobEndings(jdbc);
    this.leases = new JobLeases(jdbc);
  }

  private record LostLease(UUID id, int fence, int attempts, int maxAttempts, boolean alone) {
    static LostLease of(ResultSet row) throws SQLException {
      return new LostLease(
          Columns.id(row, "job_id"),
          row.getInt("fence"),
          row.getInt("attempts"),
          row.getInt("max_attempts"),
          row.getBoolean("alone"));
    }

    /** Only a loss while it ran alone was surely the job's doing, and only that one counts. */
    int spent() {
      return alone ? attempts : attempts - 1;
    }

    boolean exhausted() {
      return alone && attempts >= maxAttempts;
    }
  }

  /**
   * Takes jobs back from workers that died or hung: when a lease has run out the job is queued
   * again after a backoff as a suspect, which workers run alone; when its last attempt was lost
   * while it ran alone, it fails.
   *
   * @return how many, at most {@code most}
   */
  public int reap(int most, Backoff backoff, RandomGenerator random) {
    return transaction.execute(_ -> {
      List<LostLease> lost =
          jdbc.sql(LOST_LEASES).param("most", most).query((row, _) -> LostLease.of(row)).list();
      List<Ending> ending = new ArrayList<>();
      List<Requeue> waiting = new ArrayList<>();
      for (LostLease job : lost) {
        if (job.exhausted()) {
          ending.add(Ending.failed(job.id, job.fence, LOST));
        } else {
          waiting.add(
              new Requeue(
                  job.id, job.fence, job.spent(), true, backoff.after(job.attempts, random), LOST));
        }
      }
      endings.end(ending);
      leases.requeue(waiting);
      return lost.size();
    });
  }

  /**
   * Ends jobs whose deadline has passed, waiting or running.
   *
   * @return how many had one, at most {@code most}
   */
  public int expire(int most) {
    return transaction.execute(_ -> {
      List<Ending> passed =
          jdbc.sql(PASSED_DEADLINES)
              .param("most", most)
              .query((row, _) ->
                  Ending.expired(
                      Columns.id(row, "job_id"), row.getInt("fence"), row.getBoolean("running")))
              .list();
      endings.end(passed);
      return passed.size();
    });
  }

  /**
   * What a step of deleting did.
   *
   * @param walked jobs that were looked at
   * @param deleted those that have gone, with their attempts
   * @param last where the next step goes on
   */
  public record Step(int walked, int deleted, UUID last) {}

  /**
   * Deletes what is kept no longer of the next jobs in the order of their ids.
   *
   * @param after where to begin
   * @param young the least id that is too young to have expired
   * @param step the most jobs to look at
   */
  public Step deleteExpired(UUID after, UUID young, int step) {
    return jdbc.sql(DELETE_EXPIRED)
        .param("after", after)
        .param("young", young)
        .param("step", step)
        .query((row, _) ->
            new Step(row.getInt("walked"), row.getInt("deleted"), Columns.id(row, "last")))
        .single();
  }
}
