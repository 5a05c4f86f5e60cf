package io.mlp.trace;

import io.mlp.job.TraceContext;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the spans of jobs that are traced; the others cost a look. */
public final class JobSpans {
  private final Tracer tracer;

  public JobSpans(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("io.mlp");
  }

  /** A span of a job, below the request that submitted it. */
  public SpanBuilder span(String name, TraceContext job) {
    SpanContext request =
        SpanContext.createFromRemoteParent(
            job.traceId(),
            job.spanId(),
            job.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
            TraceState.getDefault());
    return tracer.spanBuilder(name).setParent(Context.root().with(Span.wrap(request)));
  }

  /** A span of something that several jobs share: in a trace of its own, linked to theirs. */
  public SpanBuilder shared(String name, List<Span> jobs) {
    SpanBuilder builder = tracer.spanBuilder(name).setNoParent();
    jobs.forEach(job -> builder.addLink(job.getSpanContext()));
    return builder;
  }

  /** Does it in a span of the request that this thread serves, if that is traced. */
  public <T extends @Nullable Object> T inRequest(String name, Supplier<T> work) {
    if (!Span.current().isRecording()) {
      return work.get();
    }
    Span span = tracer.spanBuilder(name).startSpan();
    try (var _ = span.makeCurrent()) {
      return during(List.of(span), work);
    }
  }

  /** Does it while these last, which end with it. */
  public static <T extends @Nullable Object> T during(List<Span> spans, Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException | Error e) {
      spans.forEach(span -> failed(span, e.getClass().getName()));
      throw e;
    } finally {
      spans.forEach(Span::end);
    }
  }

  /**
   * Marks what a span stands for as failed.
   *
   * @param type one of few, and nothing that somebody sent
   */
  public static void failed(Span span, String type) {
    span.setStatus(StatusCode.ERROR).setAttribute("error.type", type);
  }
}
