package io.mlp.api.owner;

import java.util.Locale;

/** What a rate is of. */
public enum Quota {
  /** Submissions and retries. */
  JOBS,
  /** All other requests. */
  READS;

  /** Its name in headers, problems and Redis. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How many a key may have per second; 0 for no limit. */
  public int of(Limits limits) {
    return this == JOBS ? limits.jobsPerSecond() : limits.readsPerSecond();
  }
}
