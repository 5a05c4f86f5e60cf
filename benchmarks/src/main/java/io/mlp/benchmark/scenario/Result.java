package io.mlp.benchmark.scenario;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario measured.
 *
 * @param seconds from the first request to the last result
 * @param acceptedPerSecond requests answered while they were sent; null where each waits for its
 *     result
 * @param millis percentiles of the time from submission to result; null if results were not waited
 *     for
 * @param cpuMicros processor time a job, by process
 */
public record Result(
    String scenario,
    String target,
    long jobs,
    double seconds,
    @Nullable Double acceptedPerSecond,
    @Nullable Percentiles millis,
    Map<String, Double> cpuMicros) {

  /** Percentiles in milliseconds. */
  public record Percentiles(double p50, double p90, double p99, double p999, double max) {}

  public double jobsPerSecond() {
    return jobs / seconds;
  }

  /** Processor time of all processes but the driver. */
  public double servedMicros() {
    return cpuMicros.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(CpuMeter.DRIVER))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }
}
