package io.mlp.worker.inference;

/** Is asked before the outputs of a run are copied out of ONNX Runtime's memory. */
@FunctionalInterface
interface OutputGate {
  /** Lets everything through. */
  OutputGate OPEN = _ -> {};

  /**
   * Lets the outputs through, or throws.
   *
   * @param bytes of all outputs of the run, as they are stored
   * @throws InferenceFailed if they shall not be copied
   */
  void admit(long bytes) throws InferenceFailed;
}
