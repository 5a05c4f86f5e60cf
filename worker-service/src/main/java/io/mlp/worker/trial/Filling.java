package io.mlp.worker.trial;

/** What a row that shares a run holds. */
enum Filling {
  RANDOM("other values"),
  WIDE("values between 0.001 and 1000"),
  ZEROS("zeros"),
  ZEROS_AND_ONES("zeros and ones"),
  HUGE("huge values"),
  GREATEST("the greatest values"),
  LARGE_INTEGERS("large integers"),
  NAN("NaN"),
  CONSTANTS("values near constants of the file"),
  COPY("the same as it"),
  LONG_TEXTS("long texts");

  private final String words;

  Filling(String words) {
    this.words = words;
  }

  /** In a sentence: "when the other rows held …". */
  String words() {
    return words;
  }
}
