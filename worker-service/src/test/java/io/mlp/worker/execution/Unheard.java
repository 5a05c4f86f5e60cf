package io.mlp.worker.execution;

import io.mlp.trace.JobSpans;
import io.mlp.worker.Settings;
import io.mlp.worker.schedule.ExecutionSettings;
import io.opentelemetry.api.OpenTelemetry;

/** What tells of a batch, where nobody listens. */
final class Unheard {
  private Unheard() {}

  static ExecutionSpans spans() {
    return new ExecutionSpans(new JobSpans(OpenTelemetry.noop()));
  }

  static RunLog log() {
    return new RunLog(Settings.of(ExecutionSettings.class));
  }
}
