package io.mlp.worker.trial;

import java.time.Duration;
import java.util.Optional;

/** The verdicts that trials have come to, so that no model is tried twice. */
public interface Verdicts {
  /** Knows none and keeps none. */
  Verdicts NONE =
      new Verdicts() {
        @Override
        public Optional<Verdict> find(Circumstances circumstances) {
          return Optional.empty();
        }

        @Override
        public void keep(Circumstances circumstances, Verdict verdict, Duration took) {}
      };

  /** The verdict of an earlier trial in the same circumstances. */
  Optional<Verdict> find(Circumstances circumstances);

  /**
   * Keeps the verdict of a trial.
   *
   * @param took how long the trial took
   */
  void keep(Circumstances circumstances, Verdict verdict, Duration took);
}
