package io.mlp.benchmark.scale;

import java.util.List;
import java.util.Locale;

/**
 * A statement that was run so often.
 *
 * @param plan of the run that took longest
 */
public record PlannedStatement(
    String text, long runs, double millisInAll, double mostMillis, String plan) {
  private static final int SHORT = 90;

  /**
   * Of one run.
   *
   * @param lines the statement's, then the plan's
   */
  static PlannedStatement read(double millis, List<String> lines) {
    int plan = 0;
    while (plan < lines.size() && !lines.get(plan).contains("  (cost=")) {
      plan++;
    }
    String text = String.join("\n", lines.subList(0, plan)).replaceFirst("^Query Text: ", "");
    return new PlannedStatement(
        text, 1, millis, millis, String.join("\n", lines.subList(plan, lines.size())));
  }

  PlannedStatement and(PlannedStatement other) {
    return new PlannedStatement(
        text,
        runs + other.runs,
        millisInAll + other.millisInAll,
        Math.max(mostMillis, other.mostMillis),
        other.mostMillis > mostMillis ? other.plan : plan);
  }

  /** Whether it reads a table through that may be long. */
  public boolean readsThrough() {
    return plan.contains("Seq Scan on job") || plan.contains("Seq Scan on live");
  }

  @Override
  public String toString() {
    String one = text.strip().replaceAll("\\s+", " ");
    return String.format(
        Locale.ROOT,
        "%6d runs, ms mean %8.3f max %8.3f%s  %s",
        runs,
        millisInAll / runs,
        mostMillis,
        readsThrough() ? ", reads a table through:" : ":",
        one.length() > SHORT ? one.substring(0, SHORT) + "…" : one);
  }
}
