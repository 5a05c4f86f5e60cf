package io.mlp.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestSamplerTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recordsAShareOfTheRequests_whateverTheirClientsSay(boolean flag) {
    double[] drawn = {0};
    RequestSampler sampler = new RequestSampler(0.25, () -> drawn[0]);
    long recorded =
        IntStream.range(0, 100)
            .filter(i -> {
              drawn[0] = i / 100.0;
              return records(sampler, SpanKind.SERVER, client(flag), List.of());
            })
            .count();

    assertThat(recorded).isEqualTo(25);
  }

  /** Nor can the choice of an id raise it. */
  @Test
  void recordsAShareOfTheRequestsOfOneTrace() {
    RequestSampler sampler = new RequestSampler(0.5);
    long recorded =
        IntStream.range(0, 10_000)
            .filter(_ -> records(sampler, SpanKind.SERVER, client(true), List.of()))
            .count();

    assertThat(recorded).isBetween(4_000L, 6_000L);
  }

  @ParameterizedTest
  @EnumSource(value = SpanKind.class, names = "SERVER", mode = EnumSource.Mode.EXCLUDE)
  void followsTheRequestInEverythingElse(SpanKind kind) {
    RequestSampler never = new RequestSampler(0);
    RequestSampler always = new RequestSampler(1);

    assertThat(records(never, kind, client(true), List.of())).isTrue();
    assertThat(records(always, kind, client(false), List.of())).isFalse();
    assertThat(records(always, kind, Context.root(), List.of())).as("a task").isFalse();
  }

  @Test
  void recordsWhatJobsShare_ifAnyOfThemIsRecorded() {
    RequestSampler never = new RequestSampler(0);
    List<LinkData> links = List.of(link(false), link(true));

    assertThat(records(never, SpanKind.INTERNAL, Context.root(), links)).isTrue();
    assertThat(records(never, SpanKind.INTERNAL, Context.root(), links.subList(0, 1))).isFalse();
  }

  private static boolean records(
      RequestSampler sampler, SpanKind kind, Context parent, List<LinkData> links) {
    return sampler
            .shouldSample(parent, TRACE, "name", kind, Attributes.empty(), links)
            .getDecision()
        == SamplingDecision.RECORD_AND_SAMPLE;
  }

  private static Context client(boolean flag) {
    return Context.root().with(Span.wrap(span(flag)));
  }

  private static LinkData link(boolean flag) {
    return LinkData.create(span(flag));
  }

  private static SpanContext span(boolean flag) {
    return SpanContext.createFromRemoteParent(
        TRACE,
        "00f067aa0ba902b7",
        flag ? TraceFlags.getSampled() : TraceFlags.getDefault(),
        TraceState.getDefault());
  }
}
