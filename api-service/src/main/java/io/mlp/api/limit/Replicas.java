package io.mlp.api.limit;

import io.mlp.job.store.DatabaseOutage;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** How many api processes there are: each says every five seconds that it is there. */
@Component
class Replicas {
  /** Those not seen for three times as long are gone. */
  private static final String SAY =
      """
      with here as (
        insert into api_replica (id) values (:id)
        on conflict (id) do update set seen_at = now()
      ), gone as (
        delete from api_replica where seen_at < now() - interval '1 minute'
      )
      select count(*) from api_replica where id <> :id and seen_at > now() - interval '15 seconds'
      """;

  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private final JdbcClient jdbc;
  private final UUID id = UUID.randomUUID();
  private volatile int count = 1;

  Replicas(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** This one included; while the database is away, as many as there were. */
  int count() {
    return count;
  }

  @Scheduled(fixedRate = 5_000)
  void say() {
    OUTAGE.unlessAway(
        () -> count = 1 + jdbc.sql(SAY).param("id", id).query(Integer.class).single());
  }
}
