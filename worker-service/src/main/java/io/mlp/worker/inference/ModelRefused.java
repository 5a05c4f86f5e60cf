package io.mlp.worker.inference;

import org.jspecify.annotations.Nullable;

/**
 * A file cannot be served as a model; the message is one sentence that operators and clients may
 * read.
 */
public final class ModelRefused extends Exception {
  public ModelRefused(String reason) {
    super(reason);
  }

  public ModelRefused(String reason, @Nullable Throwable cause) {
    super(reason, cause);
  }

  /** The message, which always exists here. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
