package io.mlp.api.dispatch;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The jobs in {@code live} that wait for a worker, as the dispatcher asks for them. */
@Component
class WaitingJobs implements Dispatcher.Backlog {
  private static final String DUE =
      """
      select id from model_version v
      where retired_at is null and id <> all (:except) and exists (
        select from live
        where model_version_id = v.id
          and lease_until is null and ready_at <= now() and due_at <= now())
      """;

  private static final String WAITING =
      """
      select job_id from live
      where model_version_id = :version and lease_until is null and ready_at <= now()
      order by priority desc, turn
      offset :skip limit :limit
      """;

  private static final String ANY =
      """
      select exists (
        select from live
        where model_version_id = :version and lease_until is null and ready_at <= now())
      """;

  private final JdbcClient jdbc;

  WaitingJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Set<Integer> versionsWithDueJobs(Set<Integer> except) {
    Integer[] ids = except.toArray(Integer[]::new);
    return new HashSet<>(jdbc.sql(DUE).param("except", ids).query(Integer.class).list());
  }

  @Override
  public boolean any(int versionId) {
    return jdbc.sql(ANY).param("version", versionId).query(Boolean.class).single();
  }

  @Override
  public List<UUID> jobs(int versionId, int skip, int limit) {
    return jdbc.sql(WAITING)
        .param("version", versionId)
        .param("skip", skip)
        .param("limit", limit)
        .query((row, _) -> row.getObject("job_id", UUID.class))
        .list();
  }
}
