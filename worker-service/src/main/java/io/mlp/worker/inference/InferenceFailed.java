package io.mlp.worker.inference;

import io.mlp.job.Failure;
import org.jspecify.annotations.Nullable;

/** A run gave no result; its failure says whose fault that is, in words fit for the client. */
public final class InferenceFailed extends Exception {
  private final transient Failure failure;

  public InferenceFailed(Failure failure) {
    this(failure, null);
  }

  InferenceFailed(Failure failure, @Nullable Throwable cause) {
    super(failure.kind().text() + ": " + failure.detail(), cause);
    this.failure = failure;
  }

  public Failure failure() {
    return failure;
  }
}
