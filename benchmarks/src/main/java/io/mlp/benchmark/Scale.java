package io.mlp.benchmark;

import io.mlp.benchmark.scale.DatabaseMeter;
import io.mlp.benchmark.scale.Filling;
import io.mlp.benchmark.scale.Phase;
import io.mlp.benchmark.scale.PlanLog;
import io.mlp.benchmark.scale.PlannedStatement;
import io.mlp.benchmark.scenario.Scenario;
import io.mlp.benchmark.scenario.WarmUp;
import io.mlp.benchmark.stack.Mlp;
import io.mlp.benchmark.stack.Model;
import io.mlp.benchmark.stack.SharedServers;
import io.mlp.benchmark.stack.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.jdbc.core.simple.JdbcClient;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what MLP's pace owes to how much its tables hold: it should owe nothing. */
@Command(
    name = "benchmarks/scale",
    mixinStandardHelpOptions = true,
    description = "Measures MLP with empty tables, with full ones, and with empty ones again.")
public final class Scale implements Callable<Integer> {
  @Option(names = "--checkout", description = "The repository's root.", defaultValue = ".")
  private Path checkout = Path.of(".");

  @Option(
      names = "--out",
      description = "Where logs and reports go.",
      defaultValue = "benchmarks/target/report")
  private Path out = Path.of("benchmarks/target/report");

  @Option(
      names = "--finished",
      description = "Jobs that have succeeded; a million takes 1.5 gigabytes.",
      defaultValue = "10000000")
  private long finished;

  @Option(
      names = "--waiting",
      description =
          "Jobs that wait; in the queue that is measured, some ten thousand a second end.",
      defaultValue = "1000000")
  private long waiting;

  @Option(names = "--jobs", description = "Jobs of each bulk.", defaultValue = "60000")
  private int jobs;

  @Option(names = "--rounds", description = "Bulks of each phase.", defaultValue = "3")
  private int rounds;

  @Option(
      names = "--warm-up",
      description = "At most so many jobs before the first bulk, fewer if the pace is steady.",
      defaultValue = "200000")
  private int warmUp;

  private final List<Phase> phases = new ArrayList<>();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Scale()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path root = checkout.toAbsolutePath().normalize();
    Files.createDirectories(out);
    SharedServers servers = SharedServers.find(root);
    PlanLog plans = new PlanLog(servers.administrator("postgres"));
    List<PlannedStatement> statements;
    try (Mlp mlp = Mlp.start(root, servers, out, List.of(), limits())) {
      new WarmUp(warmUp).run(mlp.jobs(Model.DIGITS), servers);
      DatabaseMeter.awaitCounts();
      JdbcClient sql = servers.administrator(Mlp.DATABASE);
      Filling filling = new Filling(sql);
      filling.empty();
      measure("empty tables", mlp, servers, filling);
      filling.finished(finished);
      measure("%,d finished".formatted(finished), mlp, servers, filling);
      filling.waitingElsewhere(waiting);
      measure(
          "and %,d waiting for a model without workers".formatted(waiting), mlp, servers, filling);
      filling.waitingHere(waiting);
      measure("or %,d waiting in the same queue, behind".formatted(waiting), mlp, servers, filling);
      statements = plans.during(() -> everything(mlp, servers, sql));
      filling.empty();
      measure("empty tables again", mlp, servers, filling);
    }
    write(new ScaleReport(phases, statements));
    return 0;
  }

  /** No job is to be turned away because so many wait. */
  private Map<String, String> limits() {
    String enough = Long.toString(2 * waiting + 1_000_000);
    return Map.of("API_MAX_QUEUED", enough, "API_MAX_QUEUED_IN_ALL", enough);
  }

  private void measure(String tables, Mlp mlp, SharedServers servers, Filling filling)
      throws IOException, InterruptedException {
    System.out.println(tables);
    DatabaseMeter meter = new DatabaseMeter(servers.administrator(Mlp.DATABASE));
    List<Phase.Round> measured = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      measured.add(round(mlp.jobs(Model.DIGITS), servers, filling));
    }
    Phase phase = new Phase(tables, measured, meter.stop());
    ScaleReport.lines(phase).forEach(System.out::println);
    phases.add(phase);
  }

  private Phase.Round round(Target target, SharedServers servers, Filling filling)
      throws IOException, InterruptedException {
    long before = filling.backlog();
    var bulk = new Scenario.Bulk(jobs, 32).run(target, servers);
    long left = filling.backlog();
    return new Phase.Round(bulk, before - left, left);
  }

  /**
   * Long enough that each look at the database that api and worker take by themselves comes, too.
   */
  private static void everything(Mlp mlp, SharedServers servers, JdbcClient sql)
      throws IOException, InterruptedException {
    Target digits = mlp.jobs(Model.DIGITS);
    new Scenario.Bulk(2000, 32).run(digits, servers);
    new Scenario.Waiting(1, Duration.ofSeconds(1)).run(digits, servers);
    String old = sql.sql("select id::text from job limit 1").query(String.class).single();
    mlp.get("/v1/jobs/" + old);
    mlp.get("/v1/jobs?limit=50");
    mlp.get("/v1/jobs?status=failed");
    mlp.get("/v1/jobs?model=digits&to=2100-01-01T00:00:00Z");
    Thread.sleep(15_000);
  }

  private void write(ScaleReport report) throws IOException {
    Files.writeString(out.resolve("scale.txt"), report.text());
    Files.writeString(out.resolve("scale-plans.txt"), report.plans());
    Files.writeString(out.resolve("scale.json"), report.json());
    System.out.println(report.text());
  }
}
