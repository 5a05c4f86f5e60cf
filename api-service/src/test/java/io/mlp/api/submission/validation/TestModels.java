package io.mlp.api.submission.validation;

import io.mlp.api.model.FakeRegistry;
import io.mlp.api.model.ModelCatalogue;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.List;
import java.util.Locale;

/** The models that the requests of {@code src/test/resources/submission} are for. */
final class TestModels {
  private static final TensorSpec LABEL = spec("label", TensorType.INT64, -1);
  private static final TensorSpec SCORES = spec("scores", TensorType.FP32, -1, 3);

  private TestModels() {}

  static ModelCatalogue catalogue() {
    ModelSignature pixels =
        new ModelSignature(List.of(spec("image", TensorType.FP32, -1, 2)), List.of(LABEL, SCORES));
    ModelSignature pair =
        new ModelSignature(
            List.of(spec("count", TensorType.INT64, -1), spec("text", TensorType.BYTES, -1, 1)),
            List.of(LABEL));
    FakeRegistry registry =
        new FakeRegistry()
            .version("pixels", 1, pixels)
            .version("pixels", 2, pixels)
            .version("pixels", 3, pixels)
            .served("pixels", 1, "worker-a")
            .served("pixels", 2, "worker-a")
            .version("pair", 1, pair)
            .version("apart", 1, pair)
            .notBatched()
            .version("random", 1, pixels)
            .notRepeatable()
            .version("free", 1, taking(spec("x", TensorType.FP32, -1, -1)))
            .version("one", 1, taking(spec("x", TensorType.FP32)));
    for (TensorType type : TensorType.values()) {
      String name = type.name().toLowerCase(Locale.ROOT);
      registry.version(name, 1, taking(spec("x", type, -1)));
    }
    return registry.catalogue();
  }

  private static ModelSignature taking(TensorSpec input) {
    return new ModelSignature(List.of(input), List.of(LABEL));
  }

  private static TensorSpec spec(String name, TensorType type, long... shape) {
    return new TensorSpec(name, type, TensorShape.of(shape));
  }
}
