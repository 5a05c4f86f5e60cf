package io.mlp.worker.repository;

/** The repository cannot be read; the message is for operators. */
public final class RepositoryUnreadable extends IllegalStateException {
  RepositoryUnreadable(String message, Throwable cause) {
    super(message, cause);
  }
}
