package io.mlp.benchmark;

import io.mlp.benchmark.scenario.Result;
import java.util.Locale;

/**
 * The same scenario on MLP and on the stack it replaces; each figure is a factor in favour of MLP.
 */
record Pair(Result mlp, Result other) {
  double pace() {
    return mlp.jobsPerSecond() / other.jobsPerSecond();
  }

  /** Jobs per second of processor time, the driver's not counted. */
  double thrift() {
    return other.servedMicros() / mlp.servedMicros();
  }

  double p50() {
    return mlp.millis() == null || other.millis() == null
        ? Double.NaN
        : other.millis().p50() / mlp.millis().p50();
  }

  double p99() {
    return mlp.millis() == null || other.millis() == null
        ? Double.NaN
        : other.millis().p99() / mlp.millis().p99();
  }

  @Override
  public String toString() {
    String ratio =
        String.format(
            Locale.ROOT, "ratio: jobs/s %.1f, jobs per CPU-second %.1f", pace(), thrift());
    return Double.isNaN(p50())
        ? ratio
        : ratio + String.format(Locale.ROOT, ", p50 1/%.1f, p99 1/%.1f", p50(), p99());
  }
}
