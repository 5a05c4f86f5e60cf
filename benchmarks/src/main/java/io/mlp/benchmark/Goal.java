package io.mlp.benchmark;

import java.util.Locale;

/** What MLP is to reach, and what it has reached. */
record Goal(String what, double atLeast, double measured) {
  boolean met() {
    return measured >= atLeast;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-58s at least %6.1f, measured %8.1f: %s",
        what,
        atLeast,
        measured,
        met() ? "met" : "missed");
  }
}
