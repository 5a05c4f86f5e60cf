package io.mlp.benchmark;

import io.mlp.benchmark.soak.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What grew, and what did not.
 *
 * @param most jobs a second that as many clients reach in a closed loop
 * @param pace at which they were sent
 * @param rowBytes what a job takes in PostgreSQL, with its share of the indexes and of what is free
 */
record SoakReport(double most, double pace, long jobs, double rowBytes, List<Series> series) {

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d jobs of three models at %.0f/s, all waited for; as many clients in a closed loop reached %.0f/s",
            jobs,
            pace,
            most));
    lines.add(String.format(Locale.ROOT, "%.0f bytes a job in the table job", rowBytes));
    series.forEach(its -> lines.add("  " + its));
    return String.join("\n", lines) + "\n";
  }

  /** A line a sample. */
  String csv() {
    List<String> lines = new ArrayList<>();
    lines.add("seconds," + series.stream().map(Series::name).collect(Collectors.joining(",")));
    Series first = series.getFirst();
    for (int i = 0; i < first.values().size(); i++) {
      int at = i;
      lines.add(
          (i + 1) * first.interval().toSeconds()
              + series.stream()
                  .map(its -> String.format(Locale.ROOT, ",%.3f", its.values().get(at)))
                  .collect(Collectors.joining()));
    }
    return String.join("\n", lines) + "\n";
  }
}
