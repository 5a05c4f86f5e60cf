package io.mlp.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobContentTest {
  /** As {@code select '{…}'::jsonb} of PostgreSQL 17 gives them. */
  @Test
  void keepsMetadataInTheOrderOfJsonb() {
    Map<String, String> sent = new LinkedHashMap<>();
    for (String key : List.of("team", "z", "ä", "aa", "Z", "b", "\uD83D\uDE00")) {
      sent.put(key, "value");
    }

    JobContent content = new JobContent(List.of(), Set.of(), CachePolicy.BYPASS, sent);

    assertThat(content.metadata().keySet())
        .containsExactly("Z", "b", "z", "aa", "ä", "team", "\uD83D\uDE00");
  }
}
