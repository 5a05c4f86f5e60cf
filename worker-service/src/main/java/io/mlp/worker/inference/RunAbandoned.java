package io.mlp.worker.inference;

import org.jspecify.annotations.Nullable;

/**
 * A run ended without an answer because nobody wanted it any more; its requests are not at fault.
 */
final class RunAbandoned extends Exception {
  RunAbandoned(@Nullable Throwable cause) {
    super("nobody waits for the answer", cause);
  }
}
