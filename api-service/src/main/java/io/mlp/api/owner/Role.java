package io.mlp.api.owner;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a key allows. Each role allows what those before it do. */
public enum Role {
  /** To look at the owner's jobs, at models and queues. */
  READ,
  /** To submit, cancel, retry and delete the owner's jobs. */
  SUBMIT,
  /** To do so with the jobs of all owners, to give keys out and to read the audit. */
  ADMIN;

  static Optional<Role> of(String text) {
    return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
  }

  /** Its name in requests, answers and rows. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean covers(Role needed) {
    return compareTo(needed) >= 0;
  }
}
