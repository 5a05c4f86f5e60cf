package io.mlp.benchmark;

import io.mlp.benchmark.driver.HttpDriver;
import io.mlp.benchmark.driver.Session;
import io.mlp.benchmark.scenario.Scenario;
import io.mlp.benchmark.scenario.WarmUp;
import io.mlp.benchmark.soak.Series;
import io.mlp.benchmark.soak.Watch;
import io.mlp.benchmark.stack.Mixture;
import io.mlp.benchmark.stack.Mlp;
import io.mlp.benchmark.stack.Model;
import io.mlp.benchmark.stack.Pace;
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
import org.HdrHistogram.Recorder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Drives MLP for long at a pace that it can keep, and tells what grows. */
@Command(
    name = "benchmarks/soak",
    mixinStandardHelpOptions = true,
    description =
        "Drives MLP for long at a share of the pace that as many waiting clients reach, and tells what grows.")
public final class Soak implements Callable<Integer> {
  private static final int CONNECTIONS = 256;

  @Option(names = "--checkout", description = "The repository's root.", defaultValue = ".")
  private Path checkout = Path.of(".");

  @Option(
      names = "--out",
      description = "Where logs and reports go.",
      defaultValue = "benchmarks/target/report")
  private Path out = Path.of("benchmarks/target/report");

  @Option(
      names = "--minutes",
      description = "For how long, after a tenth of that which is not watched.",
      defaultValue = "20")
  private double minutes;

  @Option(names = "--share", description = "Of that pace.", defaultValue = "0.7")
  private double share;

  @Option(names = "--interval", description = "Seconds between samples.", defaultValue = "10")
  private int interval;

  @Option(
      names = "--warm-up",
      description = "At most so many jobs before its pace is found, fewer if it is steady.",
      defaultValue = "200000")
  private int warmUp;

  @Option(names = "--jvm-option", description = "Given to MLP's api and worker.")
  private List<String> jvmOptions = new ArrayList<>();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Soak()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path root = checkout.toAbsolutePath().normalize();
    Path logs = Files.createDirectories(out).toAbsolutePath();
    SharedServers servers = SharedServers.find(root);
    jvmOptions.add(Watch.option(logs));
    try (Mlp mlp = Mlp.start(root, servers, logs, jvmOptions, Map.of())) {
      Target mixture =
          new Mixture(
              List.of(mlp.jobs(Model.DIGITS), mlp.jobs(Model.IRIS), mlp.jobs(Model.DIABETES)));
      double pace = pace(mixture, servers);
      System.out.printf("%d waiting clients: %.0f jobs/s%n", CONNECTIONS, pace);
      SoakReport report = soak(mlp, servers, logs, mixture, pace);
      Files.writeString(out.resolve("soak.txt"), report.text());
      Files.writeString(out.resolve("soak.csv"), report.csv());
      System.out.println(report.text());
    }
    return 0;
  }

  /** All that it can do in this way: each client waits for its result, then sends the next job. */
  private double pace(Target mixture, SharedServers servers)
      throws IOException, InterruptedException {
    new WarmUp(warmUp).run(mixture, servers);
    Scenario closed = new Scenario.Waiting(CONNECTIONS, Duration.ofSeconds(20));
    closed.run(mixture, servers);
    return closed.run(mixture, servers).jobsPerSecond();
  }

  private SoakReport soak(Mlp mlp, SharedServers servers, Path logs, Target mixture, double pace)
      throws Exception {
    double perSecond = share * pace;
    Duration time = Duration.ofSeconds(Math.round(minutes * 60));
    drive(mixture, perSecond, time.dividedBy(10), new Recorder(3));
    Recorder nanos = new Recorder(3);
    Mlp.Stored before = mlp.stored();
    List<Series> series;
    try (Watch watch = new Watch(mlp, servers, logs, nanos, Duration.ofSeconds(interval))) {
      drive(mixture, perSecond, time, nanos);
      series = watch.series();
    }
    Mlp.Stored after = mlp.stored();
    long jobs = after.jobs() - before.jobs();
    double rowBytes = (double) (after.bytes() - before.bytes()) / jobs;
    return new SoakReport(pace, perSecond, jobs, rowBytes, series);
  }

  private static void drive(Target mixture, double perSecond, Duration time, Recorder nanos)
      throws IOException {
    Pace pace = Pace.open(perSecond, time);
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      sessions.add(mixture.submitAndWait(pace, nanos::recordValue));
    }
    new HttpDriver(mixture.port()).run(sessions, Scenario.SILENCE);
  }
}
