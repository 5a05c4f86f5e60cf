package io.mlp.model;

import java.util.Locale;
import java.util.Optional;

/**
 * Whether rows of several jobs may share a run of a model version, and a job of many rows may be
 * cut.
 *
 * @param mode what that rests on
 * @param maxRows rows that one run may take; 1 if it is off, when a run takes one job as it is
 * @param reason why it is off; empty otherwise
 */
public record Batching(Mode mode, int maxRows, Optional<String> reason) {

  /** What the answer to the question rests on. */
  public enum Mode {
    /** A test has found that no row's answer depends on other rows. */
    TESTED,
    /** {@code model.yaml} says so. */
    DECLARED,
    /** Each job runs alone and whole. */
    OFF;

    /** As the catalogue and the API spell it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The mode of that text. */
    public static Mode of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * @throws IllegalArgumentException if a run could take no row
   */
  public Batching {
    if (maxRows < 1) {
      throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: >= 1)");
    }
  }

  public static Batching tested(int maxRows) {
    return new Batching(Mode.TESTED, maxRows, Optional.empty());
  }

  public static Batching declared(int maxRows) {
    return new Batching(Mode.DECLARED, maxRows, Optional.empty());
  }

  public static Batching off(String reason) {
    return new Batching(Mode.OFF, 1, Optional.of(reason));
  }

  /** Whether rows may be joined and cut. */
  public boolean on() {
    return mode != Mode.OFF;
  }
}
