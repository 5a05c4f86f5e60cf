package io.mlp.api.retirement;

import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorSpec;
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
   * @param batched whether rows may share a run of it, so that all inputs have the same number
   */
  boolean fits(ModelSignature signature, boolean batched) {
    return !pinned
        && inputs.size() == signature.inputs().size()
        && inputs.stream().allMatch(input -> fits(input, signature))
        && (!batched || rowsAgree())
        && requestedOutputs.stream().allMatch(name -> signature.output(name).isPresent());
  }

  private static boolean fits(Tensor input, ModelSignature signature) {
    return signature.input(input.name()).filter(spec -> accepts(spec, input)).isPresent();
  }

  private static boolean accepts(TensorSpec spec, Tensor input) {
    return spec.type() == input.type() && spec.shape().accepts(input.shape());
  }

  private boolean rowsAgree() {
    return inputs.stream().map(Tensor::rows).distinct().limit(2).count() <= 1;
  }
}
