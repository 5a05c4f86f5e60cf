package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.JobTable.NewRow;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No dashboard asks for what is not there: its SQL finds rows with the rights that Grafana has, its
 * metrics are served by api or worker. That Prometheus understands its expressions, {@code
 * config/smoke-test} shows.
 */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardsIT {
  private static final Pattern OUR_METRIC = Pattern.compile("\\bmlp_\\w+");
  private static final Pattern TIME_FILTER = Pattern.compile("\\$__timeFilter\\(([^()]*)\\)");

  private static final String FROM = "now() - interval '1 hour'";

  private final Stack stack;
  private final ReaderRole reader;
  private final Map<String, String> variables;

  DashboardsIT(Stack stack, Database database) {
    this.stack = stack;
    this.reader = ReaderRole.in(database);
    int version = IdleModel.register(database, "model");
    List<UUID> run = new JobTable(database).add(NewRow.of(version), 2);
    fail(run, database);
    addOlderJobs(database, version);
    this.variables =
        Map.of(
            "$__timeFrom()",
            FROM,
            "$__timeTo()",
            "now()",
            "${job:sqlstring}",
            "'" + run.getFirst() + "'",
            "${model:regex}",
            ".+",
            "${version:regex}",
            ".+",
            "${owner:sqlstring}",
            "'.+'");
  }

  /** Both failed at their second attempt, in the same run of a model that had answered before. */
  private static void fail(List<UUID> run, Database database) {
    for (UUID id : run) {
      database
          .sql()
          .sql(
              """
              with ended as (delete from live where job_id = :id),
                   history as (
                insert into attempt (job_id, fence, started_at, kind, detail)
                values (:id, 1, now(), 'timeout', 'too slow'))
              update job
              set status = 'failed', failure_kind = 'model_error', worker = 'w',
                  started_at = :started, completed_at = now(),
                  predictions = '[{"label": "a", "score": 1}]'
              where id = :id
              """)
          .param("id", id)
          .param("started", OffsetDateTime.parse("2026-11-24T08:00:00Z"))
          .update();
    }
  }

  /** So many that PostgreSQL does not read them all for the newest of them. */
  private static void addOlderJobs(Database database, int version) {
    database
        .sql()
        .sql(
            """
            insert into job (id, model_version_id, owner, priority, max_attempts, retention, inputs,
                             status)
            select lpad(i::text, 32, '0')::uuid, :version, 'owner', 4, 3, interval '7 days', '',
                   'succeeded'
            from generate_series(1, 30000) i
            """)
        .param("version", version)
        .update();
    database.sql().sql("analyze job, live, model_version").update();
  }

  @AfterAll
  void dropRole() {
    reader.close();
  }

  static List<DashboardQuery> sql() {
    return DashboardQuery.sql();
  }

  static List<DashboardQuery> prometheus() {
    return DashboardQuery.prometheus();
  }

  @ParameterizedTest
  @MethodSource("sql")
  void findsRows(DashboardQuery query) {
    assertThat(reader.sql().sql(asked(query)).query().listOfRows()).isNotEmpty();
  }

  /** Each walks a key, however many jobs there are. */
  @ParameterizedTest
  @MethodSource("sql")
  void readsNoTableFromEndToEnd(DashboardQuery query) {
    List<String> plan =
        reader.sql().sql("explain " + asked(query)).query((row, _) -> row.getString(1)).list();
    assertThat(String.join("\n", plan)).doesNotContain("Seq Scan on job");
  }

  /** The query as Grafana sends it: of the last hour, with all of each variable, and of the job. */
  private String asked(DashboardQuery query) {
    String asked =
        TIME_FILTER.matcher(query.text()).replaceAll("$1 between " + FROM + " and now()");
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      asked = asked.replace(variable.getKey(), variable.getValue());
    }
    assertThat(asked)
        .as("a variable or macro that this test does not know")
        .doesNotContain("$_", "${");
    return asked;
  }

  @ParameterizedTest
  @MethodSource("prometheus")
  void asksForMetricsThatAreServed(DashboardQuery query) {
    stack.client().run(HeldOut.DIGITS.anyJob());
    Set<String> absent = metrics(query);
    absent.removeAll(served());
    assertThat(absent).isEmpty();
  }

  private static Set<String> metrics(DashboardQuery query) {
    return OUR_METRIC
        .matcher(query.text())
        .results()
        .map(MatchResult::group)
        .collect(TreeSet::new, Set::add, Set::addAll);
  }

  private Set<String> served() {
    Set<String> served = new HashSet<>();
    for (Application service : List.of(stack.api(), stack.worker())) {
      try (Client client = new Client(service.managementPort())) {
        String metrics = client.get("/actuator/prometheus").text();
        metrics.lines().map(line -> line.replaceFirst("[{ ].*", "")).forEach(served::add);
      }
    }
    return served;
  }

  @Test
  void everyDashboardIsRead() {
    assertThat(DashboardQuery.prometheus()).hasSizeGreaterThan(20);
    assertThat(DashboardQuery.sql()).hasSizeGreaterThan(5);
  }
}
