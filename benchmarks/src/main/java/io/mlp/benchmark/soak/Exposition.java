package io.mlp.benchmark.soak;

/** The text in which a service tells Prometheus its metrics. */
public record Exposition(String text) {
  /**
   * The sum of a metric over its series.
   *
   * @param label as it is written, {@code area="heap"}; empty for all
   */
  public double sum(String metric, String label) {
    return text.lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .filter(line -> line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
