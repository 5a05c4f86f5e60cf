package io.mlp.worker.repository;

import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.TestModels;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The models that make_models.py writes, loaded as the worker loads those of its repository. */
public final class TinyModels {
  private TinyModels() {}

  /**
   * Loads one, batched as its operator says.
   *
   * @param timeLimit as model.yaml says it
   */
  public static LoadedModel load(String name, Duration timeLimit) {
    ModelDescription description =
        new ModelDescription(
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.of(true),
            64,
            Optional.of(timeLimit),
            Optional.empty());
    LoadLimit limit = new LoadLimit(Duration.ofMinutes(5));
    try {
      return new ModelLoader(1, TestModels.TRIALS)
          .load(name, 1, TestModels.tiny(name + ".onnx"), description, limit);
    } catch (ModelRefused e) {
      throw new IllegalStateException(e);
    }
  }
}
