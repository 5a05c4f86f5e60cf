package io.mlp.benchmark.limit;

import java.util.Locale;

/**
 * What one part can do at most.
 *
 * @param each what was done so many times a second
 * @param cpuMicros processor time of each, of the part and of what drives it
 */
public record Limit(String part, String each, double perSecond, double cpuMicros) {
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%-58s %9.0f %s/s, %7.2f µs CPU each", part, perSecond, each, cpuMicros);
  }
}
