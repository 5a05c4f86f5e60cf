package io.mlp.local.servers;

import org.jspecify.annotations.Nullable;

/**
 * Says why nothing can start, in one sentence for the person at the terminal, naming what to
 * change. Whoever catches it prints the message and no stack trace.
 */
public final class CannotStartException extends RuntimeException {
  private final String sentence;

  private CannotStartException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
    this.sentence = sentence;
  }

  /** The sentence, with nothing more to tell. */
  public static CannotStartException because(String sentence) {
    return new CannotStartException(sentence, null);
  }

  /** The sentence, and what led to it for whoever debugs. */
  public static CannotStartException because(String sentence, Throwable cause) {
    return new CannotStartException(sentence, cause);
  }

  public String sentence() {
    return sentence;
  }
}
