package io.mlp.benchmark;

import io.mlp.benchmark.limit.Limit;
import io.mlp.benchmark.scenario.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The results for people and for programs; where two stacks did the same, their ratios. */
record Report(List<Result> results, List<Limit> limits) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  String json() {
    return JSON.writeValueAsString(this);
  }

  String text() {
    List<String> lines = new ArrayList<>();
    byScenario()
        .forEach((scenario, its) -> {
          lines.add(scenario);
          its.forEach(result -> lines.add("  " + line(result)));
          if (its.size() == 2) {
            lines.add("  " + ratios(its.get(0), its.get(1)));
          }
        });
    lines.add("limits");
    limits.forEach(limit -> lines.add("  " + limit));
    return String.join("\n", lines) + "\n";
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

  private static String ratios(Result mlp, Result other) {
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "ratio: jobs/s %.1f, jobs per CPU-second %.1f",
            mlp.jobsPerSecond() / other.jobsPerSecond(),
            other.servedMicros() / mlp.servedMicros()));
    Result.Percentiles its = mlp.millis();
    Result.Percentiles others = other.millis();
    if (its != null && others != null) {
      line.append(
          String.format(
              Locale.ROOT,
              ", p50 1/%.1f, p99 1/%.1f",
              others.p50() / its.p50(),
              others.p99() / its.p99()));
    }
    return line.toString();
  }
}
