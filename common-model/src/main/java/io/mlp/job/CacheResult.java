package io.mlp.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a job that does not bypass the cache has its outputs from. */
public enum CacheResult {
  /** From an earlier job that asked the same. */
  HIT,
  /** From an equal job of its batch, computed once for both. */
  COLLAPSED,
  /** Computed for it. */
  MISS;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The name on the wire and in the database. */
  public String text() {
    return text;
  }

  public static Optional<CacheResult> of(String text) {
    return Arrays.stream(values()).filter(result -> result.text.equals(text)).findFirst();
  }
}
