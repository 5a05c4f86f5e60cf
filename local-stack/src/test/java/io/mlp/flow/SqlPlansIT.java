package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.local.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The plans of the hot statements, on connections set as the services set theirs: found by index,
 * whether the plan was made while the tables were empty or with a backlog. The statements are the
 * services' own; the plans are written to {@code target/sql-plans.txt}.
 */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqlPlansIT {
  private static final Path STORE =
      Checkout.locate().root().resolve("common-model/src/main/resources/io/mlp/job/store");
  private static final Path REPORT = Path.of("target", "sql-plans.txt");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\?|(?<!:):([a-zA-Z]+)");
  private static final String BACKLOG = "Index Scan using live_backlog on live";
  private static final String DUE = "Index Scan using live_dispatch on live";
  private static final String JOBS_OF_OWNER = "Index Scan Backward using job_of_owner on job";
  private static final String LIVE_KEY = "Index Scan using live_pkey on live";
  private static final String AUDIT_BACKWARD = "Index Scan Backward using audit_pkey on audit";
  private static final String JOB_KEY = "Index Scan using job_pkey on job";

  private final JdbcTemplate jdbc;

  SqlPlansIT(Database database) {
    this.jdbc =
        new JdbcTemplate(
            new SingleConnectionDataSource(
                database.url()
                    + "?preferQueryMode=simple"
                    + "&options=-c%20enable_seqscan=off%20-c%20plan_cache_mode=force_generic_plan",
                "mlp",
                "mlp",
                true));
  }

  /**
   * A statement.
   *
   * @param finds how it must reach its rows
   */
  record Statement(String name, String sql, List<String> finds) {
    /** One of the job store, in a file. */
    static Statement stored(String name, String... finds) {
      return new Statement(name, read(STORE.resolve(name + ".sql")), List.of(finds));
    }

    /** One that a class of the api has for itself. */
    static Statement of(String owner, String name, String... finds) {
      try {
        Field field = Class.forName("io.mlp.api." + owner).getDeclaredField(name);
        field.setAccessible(true);
        return new Statement(owner + "." + name, (String) field.get(null), List.of(finds));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.toString(), e);
      }
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Statement> statements() {
    return Stream.of(
        Statement.of(
            "idempotency.IdempotencyKeys",
            "FIND",
            "Index Scan using idempotency_key_pkey on idempotency_key"),
        Statement.of(
            "retention.ForgottenKeys",
            "FORGET",
            "Index Scan using idempotency_key_expiry on idempotency_key",
            "Index Scan using idempotency_key_pkey on idempotency_key"),
        Statement.of("audit.Audit", "PAGE", AUDIT_BACKWARD),
        Statement.of("audit.Audit", "LAST_SCANNED", AUDIT_BACKWARD.replace("Index", "Index Only")),
        Statement.of("retention.ExpiredAudit", "DELETE", "Index Scan using audit_pkey on audit"),
        Statement.stored("submit", "Insert on idempotency_key", "Insert on job", "Insert on live"),
        Statement.stored("claim", LIVE_KEY, JOB_KEY),
        Statement.stored("renew", LIVE_KEY),
        Statement.stored("lost_claims", "live_pkey on live"),
        Statement.stored("end", LIVE_KEY, JOB_KEY),
        Statement.stored("requeue", LIVE_KEY),
        Statement.stored("retry", JOB_KEY, "Index Scan using attempt_pkey on attempt"),
        Statement.stored("delete", JOB_KEY, "Index Scan using attempt_pkey on attempt"),
        Statement.stored("standing", LIVE_KEY, JOB_KEY),
        Statement.stored("find", JOB_KEY, LIVE_KEY),
        Statement.stored("find_finished", "job_pkey", LIVE_KEY),
        Statement.stored("output_piece", JOB_KEY),
        Statement.stored("page", "job_pkey", JOBS_OF_OWNER, LIVE_KEY),
        Statement.stored("last_scanned", "job_pkey", JOBS_OF_OWNER),
        Statement.stored("due", DUE),
        Statement.stored("dispatch_due", DUE, LIVE_KEY),
        Statement.stored("redispatch", "Tid Range Scan on live", LIVE_KEY),
        Statement.stored("settled", "on backlog"),
        Statement.stored("backlog_heads", BACKLOG),
        Statement.stored("backlog_next", BACKLOG),
        Statement.stored("backlog_acquire", "Conflict Arbiter Indexes: backlog_pkey"),
        Statement.stored("backlog_keep", "Index Scan using backlog_pkey on backlog"),
        Statement.stored(
            "fair_sequence", "live_backlog on live", "Index Scan using backlog_pkey on backlog"),
        Statement.stored("orphaned", "Tid Range Scan on live", JOB_KEY),
        Statement.stored("reassign", LIVE_KEY, JOB_KEY, "live_backlog on live"),
        Statement.stored("passed_deadlines", "live_deadline"),
        Statement.stored("overdue", "Tid Range Scan on live"),
        Statement.stored("statistics", "Tid Range Scan on live"),
        Statement.stored("pages", "Result"),
        Statement.stored(
            "delete_expired", JOB_KEY, "using live_pkey on live", "Index Cond: (job_id = ANY"));
  }

  @Test
  void everyStatementOfTheStoreIsLookedAt() throws IOException {
    try (Stream<Path> files = Files.list(STORE)) {
      List<String> names =
          files.map(file -> file.getFileName().toString().replace(".sql", "")).toList();
      assertThat(statements().map(Statement::name)).containsAll(names);
    }
  }

  @BeforeAll
  void beginReport() throws IOException {
    Files.writeString(REPORT, "");
  }

  @ParameterizedTest
  @MethodSource("statements")
  void findsItsRowsByIndex(Statement statement) throws IOException {
    truncate();
    String empty = plan(statement);
    fill();
    String full = plan(statement);

    Files.writeString(
        REPORT,
        "== %s%n%s%n%s%n".formatted(statement, statement.sql(), full),
        StandardOpenOption.APPEND);
    for (String plan : List.of(empty, full)) {
      assertThat(plan)
          .as(plan)
          .contains(statement.finds())
          .doesNotContain(
              "Seq Scan on job",
              "Seq Scan on live",
              "Seq Scan on attempt",
              "Seq Scan on audit",
              "Seq Scan on idempotency_key");
    }
  }

  private void truncate() {
    jdbc.execute("truncate job, live, attempt, idempotency_key, model_version, audit");
    jdbc.execute("vacuum analyze job, live, attempt, idempotency_key, model_version, audit");
  }

  /** 20,000 jobs of five versions, half of them waiting, and the statistics that go with them. */
  private void fill() {
    jdbc.execute(
        """
        insert into model_version (model, version, digest, inputs, outputs, max_batch_rows)
        select 'm' || i, 1, repeat('0', 64), '[]', '[]', 1 from generate_series(1, 5) i
        """);
    jdbc.execute(
        """
        insert into job (id, model_version_id, owner, priority, max_attempts, retention, inputs)
        select gen_random_uuid(), (select min(id) from model_version) + i % 5, 'owner', 4, 3,
               interval '7 days', '\\x01'
        from generate_series(1, 20000) i
        """);
    jdbc.execute(
        """
        insert into live (job_id, model_version_id, priority, sequence, owner, max_attempts,
                          ready_at, dispatch_at)
        select id, model_version_id, priority, row_number() over (), owner, max_attempts,
               now(), now()
        from job limit 10000
        """);
    jdbc.execute(
        """
        insert into idempotency_key (owner, key, fingerprint, job_id, expires_at)
        select owner, id::text, '\\x01', id, now() + random() * interval '1 day' from job
        """);
    jdbc.execute(
        """
        insert into audit (id, owner, key, act, subject, subject_owner, request_id)
        select gen_random_uuid(), owner, 'loopback', 'cancel_job', id, owner, '' from job
        """);
    jdbc.execute("analyze");
  }

  /** The plan that serves whatever the parameters are. */
  private String plan(Statement statement) {
    Numbered sql = Numbered.of(statement.sql());
    jdbc.execute("prepare hot as " + sql.text());
    try {
      return String.join(
          "\n", jdbc.queryForList("explain execute hot" + sql.arguments(), String.class));
    } finally {
      jdbc.execute("deallocate hot");
    }
  }

  /** A statement with PostgreSQL's own placeholders: a name's number is that of its first use. */
  private record Numbered(String text, int parameters) {
    static Numbered of(String sql) {
      Map<String, Integer> names = new LinkedHashMap<>();
      int[] count = {0};
      Matcher matcher = PLACEHOLDER.matcher(sql);
      String text =
          matcher.replaceAll(match -> {
            String name = match.group(1);
            int number = name == null ? ++count[0] : names.computeIfAbsent(name, _ -> ++count[0]);
            return "\\$" + number;
          });
      return new Numbered(text, count[0]);
    }

    String arguments() {
      return parameters == 0
          ? ""
          : "(%s)".formatted(String.join(", ", Collections.nCopies(parameters, "null")));
    }
  }
}
