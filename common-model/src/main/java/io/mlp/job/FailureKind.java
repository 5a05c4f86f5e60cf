package io.mlp.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why an attempt did not succeed; decides alone whether another attempt may. */
public enum FailureKind {
  /** The model refuses these inputs; it would refuse them again. */
  INVALID_INPUT(false),
  /** No worker has the model version, and none will. */
  MODEL_UNAVAILABLE(false),
  /** The model failed while it ran. */
  MODEL_ERROR(false),
  /** The outputs have more bytes than the worker records of a job. */
  OUTPUT_TOO_LARGE(false),
  /** The run took longer than the model's time limit. */
  TIMEOUT(true),
  /** The worker died or hung with the job in its hands. */
  WORKER_LOST(true),
  /** The worker could not reach PostgreSQL to record the outcome. */
  STORE_UNAVAILABLE(true);

  private final boolean retryable;
  private final String text = name().toLowerCase(Locale.ROOT);

  FailureKind(boolean retryable) {
    this.retryable = retryable;
  }

  /** Whether a further attempt may succeed, if the job's budget has one left. */
  public boolean retryable() {
    return retryable;
  }

  /** The name on the wire, in the database and as a metric's label. */
  public String text() {
    return text;
  }

  public static Optional<FailureKind> of(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text.equals(text)).findFirst();
  }
}
