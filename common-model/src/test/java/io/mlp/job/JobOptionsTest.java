package io.mlp.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobOptionsTest {
  /** As {@code select '{…}'::jsonb} of PostgreSQL 17 gives them. */
  @Test
  void keepsMetadataInTheOrderOfJsonb() {
    Map<String, String> sent = new LinkedHashMap<>();
    for (String key : List.of("team", "z", "ä", "aa", "Z", "b", "\uD83D\uDE00")) {
      sent.put(key, "value");
    }

    JobOptions options = new JobOptions(Set.of(), CachePolicy.BYPASS, sent);

    assertThat(options.metadata().keySet())
        .containsExactly("Z", "b", "z", "aa", "ä", "team", "\uD83D\uDE00");
  }

  @Test
  void readsWhatItHasWritten() {
    Set<String> outputs = new LinkedHashSet<>(List.of("z", "y", "x", "a"));
    JobOptions options = new JobOptions(outputs, CachePolicy.REFRESH, Map.of("of", "a \"client\""));

    JobOptions read = JobOptions.read(options.stored());

    assertThat(read).isEqualTo(options);
    assertThat(read.outputs()).containsExactly("z", "y", "x", "a");
  }

  @Test
  void leavesOutWhatHoldsAnyway() {
    JobOptions cached = new JobOptions(Set.of(), CachePolicy.USE, Map.of());

    assertThat(cached.stored()).isEqualTo("{\"cache\":\"use\"}");
    assertThat(JobOptions.NONE.stored()).isNull();
    assertThat(JobOptions.read(null)).isEqualTo(JobOptions.NONE);
    assertThat(JobOptions.read("{}")).isEqualTo(JobOptions.NONE);
  }

  @Test
  void takesATraceAlong() {
    TraceContext trace = new TraceContext("a".repeat(32), "b".repeat(16), true);
    JobOptions traced = JobOptions.NONE.in(trace);

    assertThat(traced.stored())
        .isEqualTo("{\"traceparent\":\"00-%s-%s-01\"}", "a".repeat(32), "b".repeat(16));
    assertThat(JobOptions.read(traced.stored())).isEqualTo(traced);
  }

  /** A process of a later release may say more. */
  @Test
  void passesOverWhatItDoesNotKnow() {
    assertThat(JobOptions.read("{\"cache\":\"use\",\"later\":[1]}").cache())
        .isEqualTo(CachePolicy.USE);
  }
}
