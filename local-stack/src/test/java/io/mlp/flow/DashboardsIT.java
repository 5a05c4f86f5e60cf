package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.flow.JobTable.NewRow;
import io.mlp.local.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
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

  private final Stack stack;
  private final ReaderRole reader;

  DashboardsIT(Stack stack, Database database) {
    this.stack = stack;
    this.reader = ReaderRole.in(database);
    int version = IdleModel.register(database, "model");
    UUID id = new JobTable(database).add(NewRow.of(version));
    database
        .sql()
        .sql(
            """
            with ended as (delete from live where job_id = :id)
            update job set status = 'failed', failure_kind = 'model_error' where id = :id
            """)
        .param("id", id)
        .update();
    addOlderJobs(database, version);
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
    assertThat(reader.sql().sql(ofTheLastHour(query)).query().listOfRows()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("sql")
  void looksAtNoMoreThanTheNewestJobs(DashboardQuery query) {
    List<String> plan =
        reader
            .sql()
            .sql("explain " + ofTheLastHour(query))
            .query((row, _) -> row.getString(1))
            .list();
    assertThat(String.join("\n", plan))
        .contains("Index Scan Backward using job_pkey on job")
        .doesNotContain("Seq Scan on job");
  }

  private static String ofTheLastHour(DashboardQuery query) {
    String lastHour =
        TIME_FILTER
            .matcher(query.text())
            .replaceAll("$1 between now() - interval '1 hour' and now()");
    assertThat(lastHour).as("a macro this test does not know").doesNotContain("$__");
    return lastHour;
  }

  @ParameterizedTest
  @MethodSource("prometheus")
  void asksForMetricsThatAreServed(DashboardQuery query) throws IOException {
    stack.client().run(HeldOut.DIGITS.anyJob());
    Set<String> absent = metrics(query);
    absent.removeAll(served());
    // What counts failures is not there before the first. Then the panel says 0 and docs/metrics.md
    // the name.
    if (query.text().endsWith("or on () vector(0)")) {
      String documented = Files.readString(Checkout.locate().root().resolve("docs/metrics.md"));
      absent.removeIf(metric -> documented.contains("`" + metric));
    }
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
    assertThat(DashboardQuery.sql()).isNotEmpty();
  }
}
