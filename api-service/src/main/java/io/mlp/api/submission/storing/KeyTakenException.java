package io.mlp.api.submission.storing;

/** Another job was stored under the key of this one, which was not stored. */
public final class KeyTakenException extends RuntimeException {
  KeyTakenException() {
    // Two requests of one client are no event worth a stack trace.
    super("another job has this key", null, false, false);
  }
}
