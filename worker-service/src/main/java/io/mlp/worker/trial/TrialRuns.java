package io.mlp.worker.trial;

import io.mlp.tensor.Tensor;
import io.mlp.worker.inference.InferenceFailed;
import java.util.List;

/** Runs a model once, within its limits of time. */
@FunctionalInterface
public interface TrialRuns {
  /**
   * One run.
   *
   * @return all outputs, in the signature's order
   * @throws InferenceFailed if the model does not answer these inputs
   */
  List<Tensor> run(List<Tensor> inputs) throws InferenceFailed;
}
