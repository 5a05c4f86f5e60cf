package io.mlp.benchmark;

import io.mlp.benchmark.scale.Phase;
import io.mlp.benchmark.scale.PlannedStatement;
import io.mlp.benchmark.scale.TableUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The phases for people and for programs.
 *
 * @param phases the first and the last with empty tables, what the others are compared with
 */
record ScaleReport(List<Phase> phases, List<PlannedStatement> statements) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final double MOST_LOSS = 0.10;

  String json() {
    return JSON.writeValueAsString(Map.of("measured", this, "changes", changes()));
  }

  String text() {
    List<String> lines = new ArrayList<>();
    for (Phase phase : phases) {
      lines.add(phase.tables());
      lines.addAll(lines(phase));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "pace against that with empty tables, which was %.0f before and %.0f after; the goal is"
                + " to lose less than 10 %%",
            phases.getFirst().jobsPerSecond(),
            phases.getLast().jobsPerSecond()));
    changes().forEach(change -> lines.add("  " + change));
    lines.add("statements with the fullest tables; their plans are in scale-plans.txt");
    statements.forEach(statement -> lines.add("  " + statement));
    return String.join("\n", lines) + "\n";
  }

  static List<String> lines(Phase phase) {
    List<String> lines = new ArrayList<>();
    for (Phase.Round round : phase.rounds()) {
      String beside =
          round.beside() + round.left() == 0
              ? ""
              : String.format(
                  Locale.ROOT,
                  "; beside it %d of the backlog, of which %d are left",
                  round.beside(),
                  round.left());
      lines.add("  " + Report.line(round.bulk()) + beside);
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "  %.0f jobs/s recorded, %.0f µs CPU of PostgreSQL and %.0f bytes of WAL a job",
            phase.jobsPerSecond(),
            phase.micros("postgres"),
            phase.walBytesAJob()));
    for (TableUse table : phase.use().tables()) {
      lines.add("  " + table);
    }
    return lines;
  }

  String plans() {
    List<String> lines = new ArrayList<>();
    for (PlannedStatement statement : statements) {
      lines.addAll(List.of("== " + statement, statement.text(), "", statement.plan(), ""));
    }
    return String.join("\n", lines) + "\n";
  }

  /** By how much a phase is faster than with empty tables. */
  record Change(String tables, double share) {
    boolean met() {
      return share > -MOST_LOSS;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%+6.1f %%: %s  %s", 100 * share, met() ? "met" : "missed", tables);
    }
  }

  private List<Change> changes() {
    double empty = (phases.getFirst().jobsPerSecond() + phases.getLast().jobsPerSecond()) / 2;
    return phases.subList(1, phases.size() - 1).stream()
        .map(phase -> new Change(phase.tables(), phase.jobsPerSecond() / empty - 1))
        .toList();
  }
}
