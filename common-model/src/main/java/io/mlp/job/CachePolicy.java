package io.mlp.job;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a job has to do with the answers that Redis keeps by what was asked. */
public enum CachePolicy {
  /** Takes an answer that is there, and leaves its own otherwise. */
  USE,
  /** Is computed in any case, and leaves its answer for others. */
  REFRESH,
  /** Is computed in any case, and leaves nothing. */
  BYPASS;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The name on the wire and in the database. */
  @JsonValue
  public String text() {
    return text;
  }

  public static Optional<CachePolicy> of(String text) {
    return Arrays.stream(values()).filter(policy -> policy.text.equals(text)).findFirst();
  }
}
