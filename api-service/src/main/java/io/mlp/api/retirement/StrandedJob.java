package io.mlp.api.retirement;

import io.mlp.model.ModelSignature;
import io.mlp.model.RequestFit;
import io.mlp.tensor.Tensor;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A job that waits for a version that is retired.
 *
 * @param pinned whether its client named the version
 * @param inputs left out of a pinned job
 * @param requestedOutputs names; empty asks for all
 */
record StrandedJob(UUID id, boolean pinned, List<Tensor> inputs, Set<String> requestedOutputs) {

  /**
   * Whether another version takes the job just as it is.
   *
   * @param batched whether rows may share a run of it
   */
  boolean fits(ModelSignature signature, boolean batched) {
    return !pinned && RequestFit.ofTensors(signature, batched, inputs, requestedOutputs).isEmpty();
  }
}
