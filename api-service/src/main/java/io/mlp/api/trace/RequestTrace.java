package io.mlp.api.trace;

import io.mlp.job.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The trace of the request that this thread serves, as its job keeps it: the one that is recorded
 * here, or else the one that its client has named, which the client may have recorded. An id of
 * which nobody has ever heard would only send people looking for it.
 */
public final class RequestTrace {
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
  private static final String HEADER = "traceparent";

  private RequestTrace() {}

  public static Optional<TraceContext> current() {
    SpanContext recorded = Span.current().getSpanContext();
    if (recorded.isSampled()) {
      return Optional.of(trace(recorded, true));
    }
    SpanContext named = named();
    return named.isValid() ? Optional.of(trace(named, false)) : Optional.empty();
  }

  private static TraceContext trace(SpanContext span, boolean sampled) {
    return new TraceContext(span.getTraceId(), span.getSpanId(), sampled);
  }

  private static SpanContext named() {
    return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes current
            && current.getRequest().getHeader(HEADER) != null
        ? Span.fromContext(W3C.extract(Context.root(), current.getRequest(), new Headers()))
            .getSpanContext()
        : SpanContext.getInvalid();
  }

  private static final class Headers implements TextMapGetter<HttpServletRequest> {
    @Override
    public Iterable<String> keys(HttpServletRequest request) {
      return Collections.list(request.getHeaderNames());
    }

    @Override
    public @Nullable String get(@Nullable HttpServletRequest request, String name) {
      return request == null ? null : request.getHeader(name);
    }
  }
}
