package io.mlp.model;

import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The inputs and outputs of a model version, as its file declares them. */
public record ModelSignature(List<TensorSpec> inputs, List<TensorSpec> outputs) {

  public Optional<TensorSpec> input(String name) {
    return inputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
  }

  public Optional<TensorSpec> output(String name) {
    return outputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
  }

  /**
   * Whether rows of several jobs may share one run: the first dimension of every input and output
   * is open, so it is the batch.
   */
  public boolean batchable() {
    return Stream.concat(inputs.stream(), outputs.stream())
        .map(TensorSpec::shape)
        .allMatch(shape -> shape.rank() > 0 && shape.dimension(0) == TensorShape.ANY);
  }
}
