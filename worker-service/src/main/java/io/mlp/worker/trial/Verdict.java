package io.mlp.worker.trial;

import io.mlp.model.Batching;

/**
 * What was found out about a model version.
 *
 * @param batching whether its rows may share a run
 * @param repeatable whether the same run gives the same answer twice; if not, no answer is kept for
 *     another job
 */
public record Verdict(Batching batching, boolean repeatable) {
  static Verdict off(String reason) {
    return new Verdict(Batching.off(reason), true);
  }
}
