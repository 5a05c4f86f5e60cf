package io.mlp.worker.execution;

import io.mlp.job.TraceContext;
import io.mlp.job.store.ClaimedJob;
import io.mlp.trace.JobSpans;
import io.mlp.worker.execution.BatchInference.Answers;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.repository.LoadedModel;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The spans of jobs that are traced, each in its own trace. A run that they share is a span, too,
 * linked to theirs and they to it: from one job people find those that it ran with.
 */
@Component
class ExecutionSpans {
  private final JobSpans spans;

  ExecutionSpans(JobSpans spans) {
    this.spans = spans;
  }

  /** Jobs have waited from their acceptance to their claim, by PostgreSQL's clock. */
  void claimed(LoadedModel model, List<ClaimedJob> jobs) {
    for (ClaimedJob job : jobs) {
      SpanBuilder queue = span("queue", model, job);
      if (queue != null) {
        queue
            .setSpanKind(SpanKind.CONSUMER)
            .setStartTimestamp(job.createdAt())
            .startSpan()
            .end(job.claimedAt());
      }
    }
  }

  /** A run of these jobs begins; its spans come after that of the micro-batch, if there is any. */
  List<Span> run(LoadedModel model, List<ClaimedJob> jobs) {
    List<Span> runs = begin("run", model, jobs);
    if (runs.isEmpty()) {
      return runs;
    }
    Span shared =
        of(model, spans.shared("micro-batch", runs))
            .setAttribute("mlp.batch.jobs", jobs.size())
            .startSpan();
    runs.forEach(run -> run.addLink(shared.getSpanContext()));
    runs.addFirst(shared);
    return runs;
  }

  /** What became of jobs is written down. */
  void record(LoadedModel model, Answers answers, Consumer<Answers> write) {
    List<Span> records = new ArrayList<>();
    for (JobOutcome outcome : answers.outcomes()) {
      SpanBuilder record = span("record", model, outcome.job());
      if (record != null) {
        Span span = record.startSpan();
        describe(span, outcome);
        records.add(span);
      }
    }
    for (Span span : begin("record", model, answers.unanswered())) {
      records.add(span.setAttribute("mlp.job.outcome", "released"));
    }
    JobSpans.during(
        records,
        () -> {
          write.accept(answers);
          return null;
        });
  }

  private static void describe(Span span, JobOutcome outcome) {
    switch (outcome) {
      case JobOutcome.Succeeded it ->
          span.setAttribute("mlp.job.outcome", "succeeded")
              .setAttribute("mlp.batch.rows", it.batchRows())
              .setAttribute("mlp.job.cache", it.cache() == null ? "none" : it.cache().text());
      case JobOutcome.Failed it -> {
        span.setAttribute("mlp.job.outcome", it.retried() ? "requeued" : "failed");
        JobSpans.failed(span, it.failure().kind().text());
      }
    }
  }

  private List<Span> begin(String name, LoadedModel model, List<ClaimedJob> jobs) {
    List<Span> begun = new ArrayList<>();
    for (ClaimedJob job : jobs) {
      SpanBuilder span = span(name, model, job);
      if (span != null) {
        begun.add(span.startSpan());
      }
    }
    return begun;
  }

  /** Null for a job that is not traced, as most are not. */
  private @Nullable SpanBuilder span(String name, LoadedModel model, ClaimedJob job) {
    TraceContext trace = job.content().options().trace();
    return trace == null || !trace.sampled()
        ? null
        : of(model, spans.span(name, trace))
            .setAttribute("mlp.job.id", job.id().toString())
            .setAttribute("mlp.job.attempt", job.attempts());
  }

  private static SpanBuilder of(LoadedModel model, SpanBuilder builder) {
    return builder
        .setAttribute("mlp.model", model.name())
        .setAttribute("mlp.version", model.version());
  }
}
