package io.mlp.benchmark;

import io.mlp.benchmark.limit.Limit;
import io.mlp.benchmark.limit.Limits;
import io.mlp.benchmark.scenario.Result;
import io.mlp.benchmark.scenario.Scenario;
import io.mlp.benchmark.scenario.WarmUp;
import io.mlp.benchmark.stack.Mlp;
import io.mlp.benchmark.stack.Model;
import io.mlp.benchmark.stack.Seed;
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
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Drives MLP and, where it is there, the stack it replaces, one after the other in one run. */
@Command(
    name = "benchmarks/end-to-end",
    mixinStandardHelpOptions = true,
    description = "Measures MLP beside the stack it replaces, on the same servers.")
public final class EndToEnd implements Callable<Integer> {
  @Option(names = "--checkout", description = "The repository's root.", defaultValue = ".")
  private Path checkout = Path.of(".");

  @Option(
      names = "--seed",
      description = "The folder of the stack to compare with; left out, MLP is measured alone.")
  private @Nullable Path seed;

  @Option(
      names = "--out",
      description = "Where logs and reports go.",
      defaultValue = "benchmarks/target/report")
  private Path out = Path.of("benchmarks/target/report");

  @Option(
      names = "--jobs",
      description = "Jobs of MLP's bulk; the other stack gets a twentieth.",
      defaultValue = "60000")
  private int jobs;

  @Option(
      names = "--warm-up",
      description =
          "At most so many jobs before MLP is measured, fewer if the pace is steady sooner; the other stack gets a"
              + " twentieth.",
      defaultValue = "200000")
  private int warmUp;

  @Option(
      names = "--seconds",
      description = "Length of each closed or open loop.",
      defaultValue = "10")
  private int seconds;

  @Option(names = "--jvm-option", description = "Given to MLP's api and worker.")
  private List<String> jvmOptions = new ArrayList<>();

  private final List<Result> results = new ArrayList<>();
  private final List<Limit> limits = new ArrayList<>();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new EndToEnd()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path root = checkout.toAbsolutePath().normalize();
    Files.createDirectories(out);
    SharedServers servers = SharedServers.find(root);
    ComputeBound.InMlp computeBound;
    try (Mlp mlp = Mlp.start(root, servers, out, jvmOptions, Map.of())) {
      measure(mlp.jobs(Model.DIGITS), servers, warmUp, jobs);
      measureHits(mlp, servers);
      computeBound = measureComputeBound(mlp, servers);
      measureLimits(root.resolve("models"), mlp, servers);
      measureOrder(mlp, servers);
      measureFairness(mlp, servers);
    }
    ComputeBound compared = beside(root.resolve("benchmarks/models"), computeBound);
    if (seed != null) {
      try (Seed its = Seed.start(seed.toAbsolutePath(), servers, out)) {
        measure(its, servers, warmUp / 20, jobs / 20);
      }
    }
    Report report = new Report(results, compared, limits);
    Files.writeString(out.resolve("end-to-end.txt"), report.text());
    Files.writeString(out.resolve("end-to-end.json"), report.json());
    System.out.println(report.text());
    return 0;
  }

  private void measure(Target target, SharedServers servers, int before, int bulk)
      throws IOException, InterruptedException {
    progress(target.name() + ": warming up");
    List<Double> paces = new WarmUp(before).run(target, servers);
    progress("  jobs/s of each chunk: " + paces.stream().map(Math::round).toList());
    new Scenario.Waiting(16, time()).run(target, servers);
    new Scenario.Waiting(1, time()).run(target, servers);
    Result inBulk = measure(new Scenario.Bulk(bulk, 32), target, servers);
    measure(new Scenario.Bulk(bulk, 128), target, servers);
    measure(new Scenario.Waiting(1, time()), target, servers);
    measure(new Scenario.Waiting(16, time()), target, servers);
    double half = inBulk.jobsPerSecond() / 2;
    measure(new Scenario.OpenLoop(half, 256, time()), target, servers);
  }

  private void measureHits(Mlp mlp, SharedServers servers)
      throws IOException, InterruptedException {
    progress("MLP: filling the cache");
    new Scenario.EachOnce(1000).run(mlp.cachedJobs(Model.DIGITS), servers);
    new Scenario.Hits(32, time().dividedBy(2)).run(mlp.hits(Model.DIGITS), servers);
    measure(new Scenario.Hits(32, time()), mlp.hits(Model.DIGITS), servers);
  }

  private ComputeBound.InMlp measureComputeBound(Mlp mlp, SharedServers servers)
      throws IOException, InterruptedException {
    Scenario.ComputeBound scenario = new Scenario.ComputeBound(jobs / 10, 32);
    Result result = measure(scenario, mlp.jobs(Model.CONVOLUTION), servers);
    return new ComputeBound.InMlp(result, mlp.meanBatchRows(scenario.jobs()));
  }

  /** The jobs that wait have as much work as time is measured, and more. */
  private void measureOrder(Mlp mlp, SharedServers servers)
      throws IOException, InterruptedException {
    Scenario before =
        new Scenario.Beside(
            "one waiting client of priority 9 before %,d jobs",
            mlp.jobs(Model.CONVOLUTION), 4_000, time().multipliedBy(2));
    measure(before, mlp.urgentJobs(Model.CONVOLUTION), servers);
  }

  /**
   * Lasts longer, for beside slow jobs one client gets few answers. Those that wait stay behind.
   */
  private void measureFairness(Mlp mlp, SharedServers servers)
      throws IOException, InterruptedException {
    for (int slow : List.of(0, 10_000)) {
      Target digits = mlp.jobs(Model.DIGITS);
      measure(
          new Scenario.Beside(
              "one waiting client beside %,d slow jobs",
              mlp.jobs(Model.SLOW), slow, time().multipliedBy(3)),
          digits,
          servers);
    }
  }

  private Duration time() {
    return Duration.ofSeconds(seconds);
  }

  private Result measure(Scenario scenario, Target target, SharedServers servers)
      throws IOException, InterruptedException {
    progress(target.name() + ": " + scenario.name());
    Result result = scenario.run(target, servers);
    progress(Report.line(result));
    results.add(result);
    return result;
  }

  private void measureLimits(Path models, Mlp mlp, SharedServers servers) throws Exception {
    add(Limits.http(mlp.jobs(Model.DIGITS)));
    add(Limits.postgres(servers));
    add(Limits.rabbitMq(servers));
    add(Limits.redis(servers));
    add(Limits.onnxRuntime(models, Model.DIGITS, 1, 1));
    add(Limits.onnxRuntime(models, Model.DIGITS, 64, 1));
  }

  private void add(Limit limit) {
    progress(limit.toString());
    limits.add(limit);
  }

  /** As many runs side by side as the worker has unless it is told otherwise. */
  private static ComputeBound beside(Path models, ComputeBound.InMlp inMlp) throws Exception {
    int rows = Math.toIntExact(Math.round(inMlp.batchRows()));
    int runs = Runtime.getRuntime().availableProcessors();
    progress("ONNX Runtime alone, " + Model.CONVOLUTION.label());
    return new ComputeBound(inMlp, Limits.onnxRuntime(models, Model.CONVOLUTION, rows, runs));
  }

  private static void progress(String line) {
    System.out.println(line);
  }
}
