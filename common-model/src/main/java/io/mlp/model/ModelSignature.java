package io.mlp.model;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The inputs and outputs of a model version, as its file declares them. */
public record ModelSignature(List<TensorSpec> inputs, List<TensorSpec> outputs) {
  /**
   * Most inputs, and most outputs. No model is known with half as many, and each takes a hundred
   * times its shortest JSON while a request is read.
   */
  public static final int MAX_TENSORS = 1024;

  /** Most characters of a name. */
  public static final int MAX_NAME = 1024;

  /** Most dimensions of an input or output. */
  public static final int MAX_RANK = 16;

  public Optional<TensorSpec> input(String name) {
    return inputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
  }

  public Optional<TensorSpec> output(String name) {
    return outputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
  }

  /** The tensors that are inputs of the model, in its order; one that is not given is left out. */
  public List<Tensor> inOrder(List<Tensor> given) {
    return inputs.stream()
        .flatMap(spec -> given.stream().filter(it -> it.name().equals(spec.name())).limit(1))
        .toList();
  }

  /**
   * What rules out that rows of several jobs share a run: the first dimension of an input or output
   * that is not open. Empty if all are, when it may be the batch, or not.
   */
  public Optional<String> whyNotBatched() {
    if (inputs.isEmpty()) {
      return Optional.of("the model has no inputs");
    }
    return Stream.concat(
            inputs.stream().filter(ModelSignature::hasNoOpenRows).map(it -> "input " + shown(it)),
            outputs.stream().filter(ModelSignature::hasNoOpenRows).map(it -> "output " + shown(it)))
        .map(spec -> "the first dimension of %s is not open".formatted(spec))
        .findFirst();
  }

  private static String shown(TensorSpec spec) {
    return spec.name() + " " + spec.shape();
  }

  private static boolean hasNoOpenRows(TensorSpec spec) {
    return spec.shape().rank() == 0 || spec.shape().dimension(0) != TensorShape.ANY;
  }
}
