package io.mlp.api.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the audit tells of. */
public enum Act {
  CANCEL_JOB,
  RETRY_JOB,
  DELETE_JOB,
  CREATE_KEY,
  CHANGE_KEY,
  ROTATE_KEY,
  REVOKE_KEY;

  static Optional<Act> of(String text) {
    return Arrays.stream(values()).filter(act -> act.text().equals(text)).findFirst();
  }

  /** Its name in requests, answers and rows. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
