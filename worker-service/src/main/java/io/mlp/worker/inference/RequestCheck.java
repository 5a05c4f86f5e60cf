package io.mlp.worker.inference;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Refuses requests that do not fit the model before they can harm those that share a run. */
final class RequestCheck {
  private RequestCheck() {}

  static Optional<Failure> refusal(
      ModelSignature signature, List<Tensor> inputs, Set<String> outputs) {
    for (String output : outputs) {
      if (signature.output(output).isEmpty()) {
        return refused("output %s: the model has none of that name".formatted(output));
      }
    }
    Set<String> given = new HashSet<>();
    for (Tensor input : inputs) {
      Optional<Failure> refusal = refusal(signature, input);
      if (refusal.isPresent()) {
        return refusal;
      }
      if (!given.add(input.name())) {
        return refused("input %s: given twice".formatted(input.name()));
      }
    }
    for (TensorSpec spec : signature.inputs()) {
      if (!given.contains(spec.name())) {
        return refused("input %s: missing".formatted(spec.name()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Failure> refusal(ModelSignature signature, Tensor input) {
    Optional<TensorSpec> declared = signature.input(input.name());
    if (declared.isEmpty()) {
      return refused("input %s: the model has none of that name".formatted(input.name()));
    }
    TensorSpec spec = declared.get();
    if (input.type() != spec.type()) {
      return refused(
          "input %s: type %s (expected: %s)".formatted(input.name(), input.type(), spec.type()));
    }
    if (!spec.shape().accepts(input.shape())) {
      return refused(
          "input %s: shape %s (expected: %s)".formatted(input.name(), input.shape(), spec.shape()));
    }
    return input.type() == TensorType.BYTES ? refusalOfTexts(input) : Optional.empty();
  }

  private static Optional<Failure> refusalOfTexts(Tensor input) {
    try {
      Texts.decode(input);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return refused("input %s: %s".formatted(input.name(), e.getMessage()));
    }
  }

  /** The same of a model that is batched: all inputs have the same number of rows. */
  static Optional<Failure> refusalOfRows(List<Tensor> inputs) {
    for (Tensor input : inputs) {
      if (input.rows() < 1) {
        return refused("input %s: no rows".formatted(input.name()));
      }
      if (input.rows() != inputs.getFirst().rows()) {
        return refused(
            "input %s: %d rows (expected: as many as %s, %d)"
                .formatted(
                    input.name(),
                    input.rows(),
                    inputs.getFirst().name(),
                    inputs.getFirst().rows()));
      }
    }
    return Optional.empty();
  }

  private static Optional<Failure> refused(String detail) {
    return Optional.of(new Failure(FailureKind.INVALID_INPUT, detail));
  }
}
