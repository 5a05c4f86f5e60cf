package io.mlp.worker.inference;

/**
 * Is told of the runs of a micro-batch by the thread that computes, and may end each from any
 * other.
 */
public interface RunObserver {
  /** Lets every run take its time. */
  RunObserver NONE =
      new RunObserver() {
        @Override
        public void begins(InferenceRun run) {}

        @Override
        public void answered(long rows) {}

        @Override
        public void ended(InferenceRun run) {}
      };

  /** A run begins; abandoned here, it does not even compute. */
  void begins(InferenceRun run);

  /** The run that began last gave an answer for so many rows. */
  void answered(long rows);

  /** The run is over, whatever came of it. */
  void ended(InferenceRun run);
}
