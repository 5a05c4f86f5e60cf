package io.mlp.api.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.mlp.job.JobIds;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import tools.jackson.databind.json.JsonMapper;

/** Who did what to jobs and keys. */
@Component
public class Audit {
  private static final String WRITE =
      """
      insert into audit (id, owner, key, act, subject, subject_owner, request_id, details)
      values (:id, :owner, :key, :act, :subject, :subjectOwner, :requestId, :details::jsonb)
      """;

  /** Newest first. No more than so many rows are looked at, however few there are to find. */
  private static final String PAGE =
      """
      select id, at, owner, key, act, subject, subject_owner, request_id, details from (
        select * from audit where id < :before order by id desc limit :scan
      ) scanned
      where (:owner::text is null or owner = :owner)
        and (:subject::uuid is null or subject = :subject)
        and (:act::text is null or act = :act)
      order by id desc limit :most
      """;

  private static final String LAST_SCANNED =
      "select id from audit where id < :before order by id desc offset :last limit 1";

  private final JdbcClient jdbc;

  Audit(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A row, as administrators see it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record View(
      UUID id,
      Instant at,
      String owner,
      String key,
      String act,
      UUID subject,
      String subjectOwner,
      String requestId,
      @JsonRawValue @Nullable String details) {}

  /** Some rows; {@code next} is the cursor behind them, if there may be more. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Page(List<View> audit, @Nullable UUID next) {}

  /**
   * Writes down what is done in the transaction that is open: neither is without the other.
   *
   * @throws IllegalStateException if there is none
   */
  public void write(Actor by, Entry entry) {
    if (!TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException(entry.act() + " is done in no transaction");
    }
    Entry.Details details = entry.details();
    jdbc.sql(WRITE)
        .param("id", JobIds.next())
        .param("owner", by.owner())
        .param("key", by.key())
        .param("act", entry.act().text())
        .param("subject", entry.subject())
        .param("subjectOwner", entry.subjectOwner())
        .param("requestId", by.requestId())
        .param("details", details == null ? null : JsonMapper.shared().writeValueAsString(details))
        .update();
  }

  /**
   * A page. Where few of the rows are wanted it may be short, or empty, with an id to go on from.
   */
  Page page(AuditFilter filter) {
    List<View> found =
        jdbc.sql(PAGE)
            .param("before", filter.before())
            .param("scan", filter.scan())
            .param("owner", filter.owner())
            .param("subject", filter.subject())
            .param("act", filter.act())
            .param("most", filter.limit())
            .query((row, _) -> view(row))
            .list();
    return new Page(
        found, found.size() == filter.limit() ? found.getLast().id() : lastScanned(filter));
  }

  private @Nullable UUID lastScanned(AuditFilter filter) {
    return jdbc.sql(LAST_SCANNED)
        .param("before", filter.before())
        .param("last", filter.scan() - 1)
        .query(UUID.class)
        .optional()
        .orElse(null);
  }

  private static View view(ResultSet row) throws SQLException {
    return new View(
        row.getObject("id", UUID.class),
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getString("owner"),
        row.getString("key"),
        row.getString("act"),
        row.getObject("subject", UUID.class),
        row.getString("subject_owner"),
        row.getString("request_id"),
        row.getString("details"));
  }
}
