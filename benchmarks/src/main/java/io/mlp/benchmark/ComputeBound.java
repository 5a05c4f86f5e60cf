package io.mlp.benchmark;

import io.mlp.benchmark.limit.Limit;
import io.mlp.benchmark.scenario.Result;
import java.util.Locale;

/**
 * A model that takes most of the processors, run by MLP and by nothing but ONNX Runtime. That has
 * the processors to itself, while MLP's model shares them with the rest of MLP, its servers and the
 * driver.
 *
 * @param bare as many rows a run, and as many runs side by side
 */
record ComputeBound(InMlp inMlp, Limit bare) {
  /**
   * What MLP made of it.
   *
   * @param batchRows how many rows shared a run, on the average
   */
  record InMlp(Result result, double batchRows) {}

  double ratio() {
    return inMlp.result.jobsPerSecond() / bare.perSecond();
  }

  /** How many it had in fact: fewer than it has threads if others used them, too. */
  double processors() {
    return bare.perSecond() * bare.cpuMicros() / 1e6;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "MLP %.0f jobs/s at %.1f rows a run, api, servers and driver on the same processors;"
            + " ONNX Runtime alone, on %.2f processors, %.0f rows/s, %.0f µs CPU each; ratio %.2f",
        inMlp.result.jobsPerSecond(),
        inMlp.batchRows,
        processors(),
        bare.perSecond(),
        bare.cpuMicros(),
        ratio());
  }
}
