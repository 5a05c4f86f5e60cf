package io.mlp.worker.execution;

import io.mlp.job.store.ClaimedJob;
import io.mlp.trace.JobSpans;
import io.mlp.worker.inference.InferenceFailed;
import io.mlp.worker.inference.InferenceRun;
import io.mlp.worker.inference.RunObserver;
import io.mlp.worker.repository.LoadedModel;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.List;

/** Tells of the runs of a batch in traces and in the log, beside who watches over them. */
final class ToldRuns implements RunObserver {
  private final RunObserver watch;
  private final LoadedModel model;
  private final List<ClaimedJob> batch;
  private final ExecutionSpans spans;
  private final RunLog log;
  private List<Span> open = List.of();
  private long begun;
  private boolean computed;

  /**
   * @param batch the jobs, in the order of their requests
   */
  ToldRuns(
      RunObserver watch,
      LoadedModel model,
      List<ClaimedJob> batch,
      ExecutionSpans spans,
      RunLog log) {
    this.watch = watch;
    this.model = model;
    this.batch = batch;
    this.spans = spans;
    this.log = log;
  }

  @Override
  public void begins(InferenceRun run) {
    watch.begins(run);
    open = spans.run(model, run.requests().stream().map(batch::get).toList());
    computed = false;
    begun = System.nanoTime();
  }

  @Override
  public void computed(InferenceRun run, long bytes, long before) throws InferenceFailed {
    computed = true;
    log.computed(model, Duration.ofNanos(System.nanoTime() - begun), run.requests().size());
    watch.computed(run, bytes, before);
  }

  @Override
  public void answered(long rows) {
    watch.answered(rows);
    log.answered(model, rows);
  }

  @Override
  public void ended(InferenceRun run) {
    watch.ended(run);
    if (!computed) {
      open.forEach(span -> JobSpans.failed(span, "not_computed"));
    }
    open.forEach(Span::end);
  }
}
