package io.mlp.benchmark;

import io.mlp.benchmark.limit.Limit;
import io.mlp.benchmark.limit.Limits;
import io.mlp.benchmark.scenario.Result;
import io.mlp.benchmark.scenario.Scenario;
import io.mlp.benchmark.stack.Mlp;
import io.mlp.benchmark.stack.Seed;
import io.mlp.benchmark.stack.SharedServers;
import io.mlp.benchmark.stack.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
      names = "--seconds",
      description = "Length of each closed or open loop.",
      defaultValue = "10")
  private int seconds;

  @Option(names = "--jvm-option", description = "Given to MLP's api and worker.")
  private List<String> jvmOptions = new ArrayList<>();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new EndToEnd()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path root = checkout.toAbsolutePath().normalize();
    Files.createDirectories(out);
    SharedServers servers = SharedServers.find(root);
    List<Result> results = new ArrayList<>();
    List<Limit> limits = new ArrayList<>();
    try (Mlp mlp = Mlp.start(root, servers, out, jvmOptions)) {
      measure(mlp, servers, jobs, results);
      measureLimits(root, mlp, servers, limits);
    }
    if (seed != null) {
      try (Seed its = Seed.start(seed.toAbsolutePath(), servers, out)) {
        measure(its, servers, jobs / 20, results);
      }
    }
    Report report = new Report(results, limits);
    Files.writeString(out.resolve("end-to-end.txt"), report.text());
    Files.writeString(out.resolve("end-to-end.json"), report.json());
    System.out.println(report.text());
    return 0;
  }

  private void measure(Target target, SharedServers servers, int bulk, List<Result> results)
      throws IOException, InterruptedException {
    Duration time = Duration.ofSeconds(seconds);
    progress(target.name() + ": warming up");
    new Scenario.Bulk(bulk / 2, 32).run(target, servers);
    new Scenario.Waiting(16, time.dividedBy(2)).run(target, servers);
    Result inBulk = measure(new Scenario.Bulk(bulk, 32), target, servers, results);
    measure(new Scenario.Waiting(1, time), target, servers, results);
    measure(new Scenario.Waiting(16, time), target, servers, results);
    double half = inBulk.jobsPerSecond() / 2;
    measure(new Scenario.OpenLoop(half, 256, time), target, servers, results);
  }

  private static Result measure(
      Scenario scenario, Target target, SharedServers servers, List<Result> results)
      throws IOException, InterruptedException {
    progress(target.name() + ": " + scenario.name());
    Result result = scenario.run(target, servers);
    progress(Report.line(result));
    results.add(result);
    return result;
  }

  private static void measureLimits(Path root, Mlp mlp, SharedServers servers, List<Limit> limits)
      throws Exception {
    Path model = root.resolve("models/digits/1/model.onnx");
    limits.add(Limits.http(mlp));
    limits.add(Limits.rabbitMq(servers));
    limits.add(Limits.redis(servers));
    limits.add(Limits.onnxRuntime(model, 1));
    limits.add(Limits.onnxRuntime(model, 64));
    limits.forEach(limit -> progress(limit.toString()));
  }

  private static void progress(String line) {
    System.out.println(line);
  }
}
