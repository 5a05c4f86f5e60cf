package io.mlp.job.store;

import io.mlp.job.CachePolicy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Takes waiting jobs under a lease, keeps it, and lets go of it again. */
public class JobLeases {
  private static final String CLAIM = Sql.read("claim");
  private static final String MARK_ALONE = Sql.read("mark_alone");
  private static final String RENEW = Sql.read("renew");
  private static final String LOST = Sql.read("lost_claims");
  private static final String REQUEUE = Sql.read("requeue");

  private final JdbcClient jdbc;

  public JobLeases(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Up to so many of the best jobs, each under a new fence and lease; none only if none waits or
   * others hold them locked. A suspect comes alone: if the best job is one, it is the only one that
   * is claimed, otherwise suspects are passed over.
   */
  public List<ClaimedJob> claim(int modelVersionId, int most, UUID worker, Duration lease) {
    return jdbc.sql(CLAIM)
        .param("version", modelVersionId)
        .param("most", most)
        .param("worker", worker)
        .param("lease", Columns.seconds(lease))
        .query((row, _) -> claimed(row))
        .list();
  }

  private static ClaimedJob claimed(ResultSet row) throws SQLException {
    return new ClaimedJob(
        Columns.id(row, "job_id"),
        row.getInt("fence"),
        row.getInt("attempts"),
        row.getInt("max_attempts"),
        row.getBoolean("suspect"),
        row.getInt("priority"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "claimed_at"),
        Columns.instantOrNull(row, "deadline"),
        Columns.inputs(row),
        Columns.requestedOutputs(row),
        cachePolicy(row.getString("cache_policy")),
        Columns.metadata(row));
  }

  private static CachePolicy cachePolicy(@Nullable String text) {
    return text == null ? CachePolicy.BYPASS : CachePolicy.of(text).orElseThrow();
  }

  /**
   * Says that the job now runs with nothing beside it: a loss from here on counts against its
   * attempts.
   *
   * @return false if the job has been taken away meanwhile
   */
  public boolean markAlone(Claim claim) {
    return jdbc.sql(MARK_ALONE).param("id", claim.id()).param("fence", claim.fence()).update() == 1;
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
    List<Requeue> sorted =
        jobs.stream().sorted(Comparator.comparing(job -> job.id().toString())).toList();
    return Rows.of(jdbc.sql(REQUEUE), sorted)
        .column("ids", "uuid", Requeue::id)
        .column("fences", "integer", Requeue::fence)
        .column("attempts", "smallint", job -> (short) job.attempts())
        .column("suspects", "boolean", Requeue::suspect)
        .column("waits", "float8", job -> Columns.seconds(job.delay()))
        .column("kinds", "text", job -> job.failure() == null ? null : job.failure().kind().text())
        .column("details", "text", job -> job.failure() == null ? null : job.failure().detail())
        .bound()
        .query((row, _) -> Columns.id(row, "job_id"))
        .set();
  }
}
