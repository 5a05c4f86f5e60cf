package io.mlp.worker.repository;

import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorSpec;
import io.mlp.worker.inference.ModelRefused;
import java.util.List;

/** Whether a request can name what a model takes, and a job hold what it takes and gives. */
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
    if (specs.size() > ModelSignature.MAX_TENSORS) {
      throw new ModelRefused(
          "%d %ss (expected: at most %d)"
              .formatted(specs.size(), what, ModelSignature.MAX_TENSORS));
    }
    for (TensorSpec spec : specs) {
      require("the name of an " + what, spec);
    }
  }

  private static void require(String what, TensorSpec spec) throws ModelRefused {
    ExampleJson.storable(what, spec.name());
    int characters = spec.name().length();
    if (characters > ModelSignature.MAX_NAME) {
      throw new ModelRefused(
          "%s has %d characters (expected: at most %d): %s…"
              .formatted(
                  what, characters, ModelSignature.MAX_NAME, spec.name().substring(0, SHOWN)));
    }
    if (spec.shape().rank() > ModelSignature.MAX_RANK) {
      throw new ModelRefused(
          "%s: %d dimensions (expected: at most %d)"
              .formatted(spec.name(), spec.shape().rank(), ModelSignature.MAX_RANK));
    }
  }
}
