package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
  private static final Path REPORT = Path.of("target", "sql-plans.txt");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\?|(?<!:):([a-zA-Z]+)");
  private static final String CLAIM_ORDER = "Index Scan using live_claim_order on live";
  private static final String LIVE_KEY = "Index Scan using live_pkey on live";
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
   * A statement of a service.
   *
   * @param finds how it must reach its rows
   */
  record Statement(String owner, String name, List<String> finds) {
    static Statement of(String owner, String name, String... finds) {
      return new Statement(owner, name, List.of(finds));
    }

    String sql() {
      try {
        Field field = Class.forName("io.mlp." + owner).getDeclaredField(name);
        field.setAccessible(true);
        return (String) field.get(null);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.toString(), e);
      }
    }

    @Override
    public String toString() {
      return owner + "." + name;
    }
  }

  static Stream<Statement> statements() {
    return Stream.of(
        Statement.of("api.submission.NewJobs", "INSERT", "Insert on job", "Insert on live"),
        Statement.of(
            "api.submission.NewJobs",
            "INSERT_KEYED",
            "Insert on idempotency_key",
            "Insert on job",
            "Insert on live"),
        Statement.of(
            "api.idempotency.IdempotencyKeys",
            "FIND",
            "Index Scan using idempotency_key_pkey on idempotency_key"),
        Statement.of(
            "api.retention.ExpiredJobs",
            "DELETE",
            JOB_KEY,
            "using live_pkey on live",
            "Index Cond: (job_id = ANY"),
        Statement.of(
            "api.retention.ForgottenKeys",
            "FORGET",
            "Index Scan using idempotency_key_expiry on idempotency_key",
            "Index Scan using idempotency_key_pkey on idempotency_key"),
        Statement.of("api.queue.Turns", "STANDING", "live_claim_order"),
        Statement.of("api.dispatch.WaitingJobs", "DUE", CLAIM_ORDER),
        Statement.of("api.dispatch.WaitingJobs", "WAITING", CLAIM_ORDER),
        Statement.of("api.dispatch.WaitingJobs", "ANY", CLAIM_ORDER),
        Statement.of("worker.job.JobClaims", "CLAIM", CLAIM_ORDER, LIVE_KEY, JOB_KEY),
        Statement.of("worker.job.JobClaims", "MARK_ALONE", LIVE_KEY),
        Statement.of("worker.job.JobRecords", "RECORD", LIVE_KEY, JOB_KEY),
        Statement.of("worker.job.LeaseKeeper", "RENEW", LIVE_KEY),
        Statement.of("worker.job.LeaseKeeper", "LOST", "live_pkey on live"),
        Statement.of("worker.job.JobReturns", "RELEASE", LIVE_KEY),
        Statement.of("worker.job.JobReturns", "REQUEUE", LIVE_KEY),
        Statement.of("api.control.ClientMoves", "CANCEL", LIVE_KEY, JOB_KEY),
        Statement.of(
            "api.control.ClientMoves",
            "RETRY",
            JOB_KEY,
            "Index Scan using attempt_pkey on attempt"),
        Statement.of("api.control.ClientMoves", "STANDING", LIVE_KEY, JOB_KEY),
        Statement.of("api.upkeep.DeadlineSweep", "SWEEP", "live_deadline", JOB_KEY),
        // Walks all of live, for a lease may not be indexed: it would move with every claim.
        Statement.of("api.upkeep.LeaseReaper", "REAP", LIVE_KEY, JOB_KEY),
        Statement.of("api.retirement.StrandedJobs", "VERSIONS", CLAIM_ORDER),
        Statement.of("api.retirement.StrandedJobs", "JOBS", CLAIM_ORDER, JOB_KEY),
        Statement.of("api.retirement.StrandedJobs", "MOVE", LIVE_KEY, JOB_KEY, "live_claim_order"),
        Statement.of("api.retirement.StrandedJobs", "END", LIVE_KEY, JOB_KEY),
        Statement.of("api.status.JobStore", "FIND", JOB_KEY, LIVE_KEY),
        Statement.of("api.status.JobStore", "FIND_FINISHED", "job_pkey", LIVE_KEY),
        Statement.of("api.status.JobStore", "PAGE", "job_pkey", LIVE_KEY),
        Statement.of("api.status.JobStore", "LAST_SCANNED", "job_pkey"));
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
              "Seq Scan on idempotency_key");
    }
  }

  private void truncate() {
    jdbc.execute("truncate job, live, attempt, idempotency_key, model_version");
    jdbc.execute("vacuum analyze job, live, attempt, idempotency_key, model_version");
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
        insert into live (job_id, model_version_id, priority, turn, owner, max_attempts,
                          ready_at, due_at)
        select id, model_version_id, priority, row_number() over (), owner, max_attempts,
               now(), now()
        from job limit 10000
        """);
    jdbc.execute(
        """
        insert into idempotency_key (owner, key, fingerprint, job_id, expires_at)
        select owner, id::text, '\\x01', id, now() + random() * interval '1 day' from job
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
