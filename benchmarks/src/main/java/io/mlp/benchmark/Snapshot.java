package io.mlp.benchmark;

import io.mlp.benchmark.disturbance.Disturbance;
import io.mlp.benchmark.disturbance.Load;
import io.mlp.benchmark.scenario.Scenario;
import io.mlp.benchmark.scenario.WarmUp;
import io.mlp.benchmark.stack.Mlp;
import io.mlp.benchmark.stack.Model;
import io.mlp.benchmark.stack.SharedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Drives MLP at a fixed pace while others hold an old snapshot of its database, dump it and scan
 * it. What it is compared with is the same in a copy of the database on the same server: it takes
 * as much of the machine, but holds no snapshot here.
 */
@Command(
    name = "benchmarks/snapshot",
    mixinStandardHelpOptions = true,
    description =
        "Drives MLP while others hold an old snapshot of its database, dump it and scan it.")
public final class Snapshot implements Callable<Integer> {
  private static final String COPY = Mlp.DATABASE + "_copy";

  @Option(names = "--checkout", description = "The repository's root.", defaultValue = ".")
  private Path checkout = Path.of(".");

  @Option(
      names = "--out",
      description = "Where logs and reports go.",
      defaultValue = "benchmarks/target/report")
  private Path out = Path.of("benchmarks/target/report");

  @Option(
      names = "--pace",
      description = "Jobs a second; 0 is half of what a bulk reaches in this run.",
      defaultValue = "0")
  private double pace;

  @Option(
      names = "--minutes",
      description = "For how long the old snapshot is held.",
      defaultValue = "10")
  private double minutes;

  @Option(
      names = "--pairs",
      description = "Times that dumps, and scans, alternate with their control.",
      defaultValue = "5")
  private int pairs;

  @Option(names = "--step", description = "Seconds of each figure.", defaultValue = "20")
  private int step;

  @Option(
      names = "--warm-up",
      description = "At most so many jobs before it is measured, fewer if the pace is steady.",
      defaultValue = "200000")
  private int warmUp;

  private final List<String> lines = new ArrayList<>();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Snapshot()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path root = checkout.toAbsolutePath().normalize();
    Files.createDirectories(out);
    SharedServers servers = SharedServers.find(root);
    Map<String, String> settings = Map.of("API_RETENTION", "1m", "API_STATISTICS_INTERVAL", "1s");
    try (Mlp mlp = Mlp.start(root, servers, out, List.of(), settings)) {
      new WarmUp(warmUp).run(mlp.jobs(Model.DIGITS), servers);
      double bulk =
          new Scenario.Bulk(60_000, 32).run(mlp.jobs(Model.DIGITS), servers).jobsPerSecond();
      double perSecond = pace == 0 ? bulk / 2 : pace;
      say(
          String.format(
              Locale.ROOT,
              "bulk %.0f jobs/s; %.0f jobs/s from here on, and a client that waits",
              bulk,
              perSecond));
      Disturbance.copy(servers, Mlp.DATABASE, COPY);
      try (Load load =
          new Load(mlp, mlp.mixedJobs(Model.DIGITS), mlp.jobs(Model.IRIS), perSecond)) {
        oldSnapshot(load, servers);
        alternating("pg_dump", Disturbance::dumps, load, servers);
        alternating("four scans", Disturbance::scans, load, servers);
      }
    }
    Files.write(out.resolve("snapshot.txt"), lines);
    return 0;
  }

  private void oldSnapshot(Load load, SharedServers servers)
      throws IOException, InterruptedException, SQLException {
    load.look();
    Load.Sample control;
    try (Disturbance _ = Disturbance.snapshot(servers, COPY)) {
      control = look(load, "control: a snapshot of the copy");
      control = look(load, "control: a snapshot of the copy");
    }
    try (Disturbance _ = Disturbance.snapshot(servers, Mlp.DATABASE)) {
      for (int second = step; second <= minutes * 60; second += step) {
        compare(control, look(load, "an old snapshot, %d s".formatted(second)));
      }
    }
    for (int i = 0; i < 4; i++) {
      compare(control, look(load, "after it"));
    }
  }

  private void alternating(String what, Disturbance.Kind kind, Load load, SharedServers servers)
      throws IOException, InterruptedException, SQLException {
    for (int i = 0; i < pairs; i++) {
      Load.Sample control;
      try (Disturbance _ = kind.begin(servers, COPY)) {
        control = look(load, what + " of the copy");
      }
      try (Disturbance _ = kind.begin(servers, Mlp.DATABASE)) {
        compare(control, look(load, what));
      }
    }
    look(load, "after it");
  }

  private Load.Sample look(Load load, String what) throws IOException, InterruptedException {
    load.look();
    Thread.sleep(step * 1000L);
    Load.Sample sample = load.look();
    say(
        String.format(
            Locale.ROOT,
            "%-36s %6.0f jobs/s, %7d waiting, %d refused; one waiting client p50 %.1f, p99 %.1f ms",
            what,
            sample.finished(),
            sample.queued(),
            sample.refused(),
            sample.p50(),
            sample.p99()));
    return sample;
  }

  private void compare(Load.Sample control, Load.Sample sample) {
    say(
        String.format(
            Locale.ROOT,
            "%-36s %.2f of the control's pace, p99 %.1f times as long",
            "",
            sample.finished() / control.finished(),
            sample.p99() / control.p99()));
  }

  private void say(String line) {
    lines.add(line);
    System.out.println(line);
  }
}
