package io.mlp.worker.inference;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.model.Mismatch;
import io.mlp.model.ModelSignature;
import io.mlp.model.RequestFit;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Refuses requests that do not fit the model before they can harm those that share a run. */
final class RequestCheck {
  private RequestCheck() {}

  /** Of a run, whatever shares it. */
  static Optional<Failure> refusal(
      ModelSignature signature, List<Tensor> inputs, Set<String> outputs) {
    return refusal(signature, false, inputs, outputs);
  }

  static Optional<Failure> refusal(
      ModelSignature signature, boolean batched, List<Tensor> inputs, Set<String> outputs) {
    List<Mismatch> mismatches = RequestFit.ofTensors(signature, batched, inputs, outputs);
    return Stream.concat(
            inputs.stream().map(RequestCheck::problemOfTexts).flatMap(Optional::stream),
            mismatches.stream().map(Mismatch::detail))
        .findFirst()
        .map(detail -> new Failure(FailureKind.INVALID_INPUT, detail));
  }

  private static Optional<String> problemOfTexts(Tensor input) {
    if (input.type() != TensorType.BYTES) {
      return Optional.empty();
    }
    try {
      Texts.of(input);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of("input %s: %s".formatted(input.name(), e.getMessage()));
    }
  }
}
