package io.mlp.benchmark;

import io.mlp.benchmark.limit.Limit;
import io.mlp.benchmark.scenario.Result;
import io.mlp.benchmark.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The results for people and for programs; where two stacks did the same, their ratios. */
record Report(List<Result> results, @Nullable ComputeBound computeBound, List<Limit> limits) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  String json() {
    return JSON.writeValueAsString(Map.of("measured", this, "goals", goals()));
  }

  String text() {
    List<String> lines = new ArrayList<>();
    byScenario()
        .forEach((scenario, its) -> {
          lines.add(scenario);
          its.forEach(result -> lines.add("  " + line(result)));
          pair(its).ifPresent(pair -> lines.add("  " + pair));
        });
    if (computeBound != null) {
      lines.add("compute-bound");
      lines.add("  " + computeBound);
    }
    lines.add("limits");
    limits.forEach(limit -> lines.add("  " + limit));
    lines.add("goals");
    goals().forEach(goal -> lines.add("  " + goal));
    return String.join("\n", lines) + "\n";
  }

  /** Those that this run can tell of: most compare with the other stack. */
  private List<Goal> goals() {
    List<Goal> goals = new ArrayList<>();
    for (Scenario bulk : List.of(new Scenario.Bulk(0, 32), new Scenario.Bulk(0, 128))) {
      pair(bulk)
          .ifPresent(pair -> {
            goals.add(new Goal(bulk.name() + ": times its jobs/s", 20, pair.pace()));
            goals.add(new Goal(bulk.name() + ": times its jobs per CPU-second", 20, pair.thrift()));
          });
    }
    pair(new Scenario.Waiting(1, Duration.ZERO))
        .ifPresent(pair -> {
          goals.add(new Goal("one waiting client: its p50 by MLP's", 5, pair.p50()));
          goals.add(new Goal("one waiting client: its p99 by MLP's", 3, pair.p99()));
        });
    pair(new Scenario.Waiting(16, Duration.ZERO))
        .ifPresent(
            pair -> goals.add(new Goal("16 waiting clients: times its jobs/s", 20, pair.pace())));
    if (computeBound != null) {
      goals.add(
          new Goal("compute-bound: share of ONNX Runtime's rows/s", 0.8, computeBound.ratio()));
    }
    of(new Scenario.Hits(32, Duration.ZERO))
        .forEach(hits -> goals.add(new Goal("cache hits: jobs/s", 5000, hits.jobsPerSecond())));
    return goals;
  }

  private Optional<Pair> pair(Scenario scenario) {
    return pair(of(scenario));
  }

  private static Optional<Pair> pair(List<Result> results) {
    return results.size() == 2
        ? Optional.of(new Pair(results.get(0), results.get(1)))
        : Optional.empty();
  }

  private List<Result> of(Scenario scenario) {
    return byScenario().getOrDefault(scenario.name(), List.of());
  }

  private Map<String, List<Result>> byScenario() {
    return results.stream()
        .collect(Collectors.groupingBy(Result::scenario, LinkedHashMap::new, Collectors.toList()));
  }

  static String line(Result result) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(Locale.ROOT, "%-5s %6.0f jobs/s", result.target(), result.jobsPerSecond()));
    if (result.acceptedPerSecond() != null) {
      line.append(String.format(Locale.ROOT, ", accepted %.0f/s", result.acceptedPerSecond()));
    }
    Result.Percentiles millis = result.millis();
    if (millis != null) {
      line.append(
          String.format(
              Locale.ROOT,
              ", ms p50 %.2f p90 %.2f p99 %.2f max %.1f",
              millis.p50(),
              millis.p90(),
              millis.p99(),
              millis.max()));
    }
    line.append("; µs CPU a job: ");
    line.append(
        result.cpuMicros().entrySet().stream()
            .map(entry -> String.format(Locale.ROOT, "%s %.0f", entry.getKey(), entry.getValue()))
            .collect(Collectors.joining(", ")));
    line.append(String.format(Locale.ROOT, "; served %.0f", result.servedMicros()));
    return line.toString();
  }
}
