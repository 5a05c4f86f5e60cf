package io.mlp.worker.repository;

import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorCodec;
import io.mlp.tensor.TensorSpec;
import io.mlp.worker.inference.ModelRefused;
import java.util.List;

/** Whether the catalogue can hold what a model takes and gives, and a job its tensors. */
final class StorableSignature {
  /** Enough to tell which one is meant. */
  private static final int SHOWN = 40;

  private StorableSignature() {}

  /**
   * @throws ModelRefused if a name cannot be stored, or there is too much of something
   */
  static void require(ModelSignature signature) throws ModelRefused {
    require("input", signature.inputs());
    require("output", signature.outputs());
  }

  private static void require(String what, List<TensorSpec> specs) throws ModelRefused {
    if (specs.size() > TensorCodec.MAX_TENSORS) {
      throw new ModelRefused(
          "%d %ss (expected: at most %d)".formatted(specs.size(), what, TensorCodec.MAX_TENSORS));
    }
    for (TensorSpec spec : specs) {
      require("the name of an " + what, spec);
    }
  }

  private static void require(String what, TensorSpec spec) throws ModelRefused {
    ExampleJson.storable(what, spec.name());
    int bytes = TensorCodec.nameBytes(spec.name());
    if (bytes > TensorCodec.MAX_NAME_BYTES) {
      throw new ModelRefused(
          "%s takes %d bytes (expected: at most %d): %s…"
              .formatted(what, bytes, TensorCodec.MAX_NAME_BYTES, spec.name().substring(0, SHOWN)));
    }
    if (spec.shape().rank() > TensorCodec.MAX_RANK) {
      throw new ModelRefused(
          "%s: %d dimensions (expected: at most %d)"
              .formatted(spec.name(), spec.shape().rank(), TensorCodec.MAX_RANK));
    }
  }
}
