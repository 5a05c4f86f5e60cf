package io.mlp.job.store;

import io.mlp.job.JobContent;
import io.mlp.job.WaitingJob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Takes waiting jobs under a lease, keeps it, and lets go of it again. */
public class JobLeases {
  private static final String CLAIM = Sql.read("claim");
  private static final String RENEW = Sql.read("renew");
  private static final String LOST = Sql.read("lost_claims");
  private static final String REQUEUE = Sql.read("requeue");

  private final JdbcClient jdbc;

  public JobLeases(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Claims those of the jobs that still wait under their fences, each under a new fence and a
   * lease.
   *
   * @param isolated whether they are poison candidates; others are passed over then, and those
   *     otherwise
   */
  public List<ClaimedJob> claim(
      List<WaitingJob> jobs, boolean isolated, UUID worker, Duration lease) {
    List<WaitingJob> sorted = sorted(jobs, WaitingJob::id);
    Map<UUID, WaitingJob.Known> known = new HashMap<>();
    for (WaitingJob job : jobs) {
      if (job.known() != null) {
        known.put(job.id(), job.known());
      }
    }
    return Rows.of(jdbc.sql(CLAIM), sorted)
        .column("ids", "uuid", WaitingJob::id)
        .column("fences", "integer", WaitingJob::fence)
        .column("known", "boolean", job -> known.containsKey(job.id()))
        .bound()
        .param("isolated", isolated)
        .param("worker", worker)
        .param("lease", Columns.seconds(lease))
        .query((row, _) -> claimed(row, known))
        .list();
  }

  private static ClaimedJob claimed(ResultSet row, Map<UUID, WaitingJob.Known> ticketed)
      throws SQLException {
    UUID id = Columns.id(row, "job_id");
    WaitingJob.Known known = ticketed.get(id);
    known = known == null ? stored(row) : known;
    return new ClaimedJob(
        id,
        row.getString("owner"),
        row.getInt("fence"),
        row.getInt("attempts"),
        row.getInt("max_attempts"),
        row.getBoolean("poison_candidate"),
        row.getInt("priority"),
        known.createdAt(),
        Columns.instant(row, "claimed_at"),
        Columns.instantOrNull(row, "deadline"),
        known.content());
  }

  private static WaitingJob.Known stored(ResultSet row) throws SQLException {
    JobContent content = new JobContent(Columns.inputs(row), Columns.options(row));
    return new WaitingJob.Known(Columns.instant(row, "created_at"), content);
  }

  /** Lengthens the leases that still hold to that time from now. */
  public void renew(Collection<Claim> claims, Duration lease) {
    with(claims, RENEW).param("lease", Columns.seconds(lease)).update();
  }

  /** Those that hold no longer: the job was ended or taken away. */
  public List<Claim> lost(Collection<Claim> claims) {
    return with(claims, LOST)
        .query((row, _) -> new Claim(Columns.id(row, "job_id"), row.getInt("fence")))
        .list();
  }

  private JdbcClient.StatementSpec with(Collection<Claim> claims, String sql) {
    return Rows.of(jdbc.sql(sql), List.copyOf(claims))
        .column("ids", "uuid", Claim::id)
        .column("fences", "integer", Claim::fence)
        .bound();
  }

  /**
   * Lets running jobs wait again.
   *
   * @return ids of those that do; the others had been ended or taken away
   */
  public Set<UUID> requeue(Collection<Requeue> jobs) {
    if (jobs.isEmpty()) {
      return Set.of();
    }
    List<Requeue> sorted = sorted(jobs, Requeue::id);
    return Rows.of(jdbc.sql(REQUEUE), sorted)
        .column("ids", "uuid", Requeue::id)
        .column("fences", "integer", Requeue::fence)
        .column("attempts", "smallint", job -> (short) job.attempts())
        .column("poisonCandidates", "boolean", Requeue::poisonCandidate)
        .column("waits", "float8", job -> Columns.seconds(job.delay()))
        .column("kinds", "text", job -> job.failure() == null ? null : job.failure().kind().text())
        .column("details", "text", job -> job.failure() == null ? null : job.failure().detail())
        .bound()
        .query((row, _) -> Columns.id(row, "job_id"))
        .set();
  }

  /** Locks are taken in the order of ids, as everywhere. */
  private static <T> List<T> sorted(Collection<T> jobs, Function<T, UUID> id) {
    return jobs.stream().sorted(Comparator.comparing(job -> id.apply(job).toString())).toList();
  }
}
