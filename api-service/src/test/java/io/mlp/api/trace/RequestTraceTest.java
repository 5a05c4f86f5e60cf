package io.mlp.api.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class RequestTraceTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CLIENTS_SPAN = "00f067aa0ba902b7";
  private static final String OUR_SPAN = "b7ad6b7169203331";

  @AfterEach
  void end() {
    RequestContextHolder.resetRequestAttributes();
  }

  @Test
  void isTheOneThatIsRecorded() {
    serving("00-" + TRACE + "-" + CLIENTS_SPAN + "-01");

    assertThat(within(TraceFlags.getSampled())).contains(new TraceContext(TRACE, OUR_SPAN, true));
  }

  /** Nothing is recorded here, whatever the client says of itself. */
  @ParameterizedTest
  @ValueSource(strings = {"00", "01"})
  void isTheClientsOtherwise(String flags) {
    serving("00-" + TRACE + "-" + CLIENTS_SPAN + "-" + flags);

    assertThat(within(TraceFlags.getDefault()))
        .contains(new TraceContext(TRACE, CLIENTS_SPAN, false));
    assertThat(RequestTrace.current()).as("without tracing").isPresent();
  }

  /** Spans that are not recorded have ids, too, of which nobody will ever hear. */
  @Test
  void isNoneOtherwise() {
    serving(null);

    assertThat(within(TraceFlags.getDefault())).isEmpty();
    assertThat(RequestTrace.current()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "none",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473'-00f067aa0ba902b7-01"
      })
  void isNone_whereAClientSendsNonsense(String header) {
    serving(header);

    assertThat(RequestTrace.current()).isEmpty();
  }

  private static Optional<TraceContext> within(TraceFlags flags) {
    SpanContext span = SpanContext.create(TRACE, OUR_SPAN, flags, TraceState.getDefault());
    try (var _ = Span.wrap(span).makeCurrent()) {
      return RequestTrace.current();
    }
  }

  private static void serving(@Nullable String traceparent) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    if (traceparent != null) {
      request.addHeader("traceparent", traceparent);
    }
    RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
  }
}
