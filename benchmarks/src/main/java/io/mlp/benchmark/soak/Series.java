package io.mlp.benchmark.soak;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What one thing was over time, sampled at a fixed rate. */
public record Series(String name, Duration interval, List<Double> values) {
  public double firstQuarter() {
    return mean(values.subList(0, quarter()));
  }

  public double lastQuarter() {
    return mean(values.subList(values.size() - quarter(), values.size()));
  }

  private int quarter() {
    return Math.max(1, values.size() / 4);
  }

  /** Of the straight line that fits best, in an hour. */
  public double slope() {
    double middle = (values.size() - 1) / 2.0;
    double mean = mean(values);
    double together = 0;
    double squares = 0;
    for (int i = 0; i < values.size(); i++) {
      together += (i - middle) * (values.get(i) - mean);
      squares += (i - middle) * (i - middle);
    }
    return squares == 0 ? 0 : together / squares * Duration.ofHours(1).dividedBy(interval);
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-28s first quarter %10.2f, last %10.2f, %+7.1f %%, %+10.2f an hour",
        name,
        firstQuarter(),
        lastQuarter(),
        100 * (lastQuarter() / firstQuarter() - 1),
        slope());
  }
}
