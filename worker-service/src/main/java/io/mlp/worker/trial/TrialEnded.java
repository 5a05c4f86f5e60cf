package io.mlp.worker.trial;

/** Ends a trial before all has been tried. */
final class TrialEnded extends Exception {
  /** What that says of the model. */
  enum Meaning {
    /** Rows depend on one another, or may. */
    COUPLED,
    /** The same run has given two answers. */
    NOT_REPEATABLE,
    /** The model does not answer these rows; others may suit it. */
    UNSUITED,
    /** The answers were all alike; other rows may tell more. */
    UNPROVEN
  }

  private final Meaning meaning;
  private final String reason;

  TrialEnded(Meaning meaning, String reason) {
    super(reason);
    this.meaning = meaning;
    this.reason = reason;
  }

  Meaning meaning() {
    return meaning;
  }

  String reason() {
    return reason;
  }
}
