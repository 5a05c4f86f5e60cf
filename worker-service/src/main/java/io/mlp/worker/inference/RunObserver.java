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

  /**
   * The run has computed, and its outputs are copied next: so many bytes, and so many were copied
   * before of earlier runs of the same request. This call may take its time.
   *
   * @throws InferenceFailed if they shall not be copied
   */
  default void computed(InferenceRun run, long bytes, long before) throws InferenceFailed {}

  /** The run that began last gave an answer for so many rows. */
  void answered(long rows);

  /** The run is over, whatever came of it. */
  void ended(InferenceRun run);
}
