package io.mlp.job.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The jobs of a model version that were stored beyond the dispatch window, in the order in which
 * they get their tickets: by priority, and within one by their fair-queue sequence. One process at
 * a time sends the tickets, under a lease; what it has sent is told by a position for each
 * priority, so that nothing is written for a single job and no look steps over what has gone.
 *
 * <p>Two processes that hold the lease for a moment send tickets twice, and the second ones claim
 * nothing.
 */
public class Backlog {
  /** From 0 to 9. */
  public static final int PRIORITIES = 10;

  private static final String ACQUIRE = Sql.read("backlog_acquire");
  private static final String KEEP = Sql.read("backlog_keep");
  private static final String HEADS = Sql.read("backlog_heads");
  private static final String NEXT = Sql.read("backlog_next");

  private final JdbcClient jdbc;

  public Backlog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A place in one priority's order. Several jobs may have one sequence, but of each owner one. */
  public record Position(long sequence, UUID id) {
    private static final UUID LAST = new UUID(-1, -1);

    /** Behind all jobs of that sequence. */
    public static Position behind(long sequence) {
      return new Position(sequence, LAST);
    }
  }

  /**
   * How far a backlog has come, for each priority.
   *
   * @param virtualTime the sequence behind which new jobs are placed, at least that of any job with
   *     a ticket
   * @param settled the sequence up to which tickets were sent so long ago that a job which still
   *     waits must have lost its own
   */
  public record Progress(List<Long> virtualTime, List<Long> settled) {}

  /** The progress, if nobody else holds the lease: then the caller does. */
  public Optional<Progress> acquire(int versionId, UUID holder, Duration lease) {
    return jdbc.sql(ACQUIRE)
        .param("version", versionId)
        .param("holder", holder)
        .param("lease", Columns.seconds(lease))
        .param("priorities", PRIORITIES)
        .query((row, _) ->
            new Progress(Columns.longs(row, "virtual_time"), Columns.longs(row, "settled")))
        .optional();
  }

  /**
   * Tells how far it has come, and holds the lease so much longer.
   *
   * @return false if another process has taken it over
   */
  public boolean keep(int versionId, UUID holder, Progress progress, Duration lease) {
    return jdbc.sql(KEEP)
            .param("version", versionId)
            .param("holder", holder)
            .param("virtualTime", Columns.array("bigint", progress.virtualTime))
            .param("settled", Columns.array("bigint", progress.settled))
            .param("lease", Columns.seconds(lease))
            .update()
        > 0;
  }

  /** The first job of one priority behind a position, and since when it could have run. */
  public record Head(int priority, Instant readyAt) {}

  /**
   * Those of all priorities that have one, the highest first.
   *
   * @param positions by priority
   */
  public List<Head> heads(int versionId, List<Position> positions) {
    return Rows.of(jdbc.sql(HEADS), positions)
        .column("sequences", "bigint", Position::sequence)
        .column("ids", "uuid", Position::id)
        .bound()
        .param("version", versionId)
        .query((row, _) -> new Head(row.getInt("priority"), Columns.instant(row, "ready_at")))
        .list();
  }

  /** A job of the backlog, and its place there. */
  public record Waiting(Dispatchable job, Position position) {}

  /** The next ones of one priority in their order. */
  public List<Waiting> next(int versionId, int priority, Position position, int most) {
    return jdbc.sql(NEXT)
        .param("version", versionId)
        .param("priority", priority)
        .param("sequence", position.sequence)
        .param("id", position.id)
        .param("most", most)
        .query((row, _) -> {
          Dispatchable job = Dispatchable.of(row);
          return new Waiting(job, new Position(row.getLong("sequence"), job.id()));
        })
        .list();
  }
}
