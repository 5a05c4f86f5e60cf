package io.mlp.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsWhatItHasWritten(boolean sampled) {
    TraceContext trace = new TraceContext(TRACE, SPAN, sampled);

    assertThat(TraceContext.read(trace.traceparent())).contains(trace);
  }

  @Test
  void isWrittenAsTheHeaderIs() {
    assertThat(new TraceContext(TRACE, SPAN, true).traceparent())
        .isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"
      })
  void readsNothingElse(String text) {
    assertThat(TraceContext.read(text)).isEmpty();
  }
}
