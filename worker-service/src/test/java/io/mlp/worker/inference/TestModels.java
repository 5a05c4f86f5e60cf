package io.mlp.worker.inference;

import io.mlp.model.Batching;
import io.mlp.worker.trial.Budget;
import io.mlp.worker.trial.RowTrials;
import io.mlp.worker.trial.Verdicts;
import java.nio.file.Path;

/** Where the models that tests load lie. */
public final class TestModels {
  /** The models that the project ships. */
  public static final Path SHIPPED = Path.of("..", "models");

  /** The held-out rows of the shipped models. */
  public static final Path DATASET = Path.of("..", "dataset");

  private static final Path TINY = Path.of("src", "test", "resources", "models");

  /** Each model is tried. */
  public static final RowTrials TRIALS = new RowTrials(Verdicts.NONE, Budget.DEFAULT);

  private TestModels() {}

  /** One of those that make_models.py writes. */
  public static Path tiny(String name) {
    return TINY.resolve(name);
  }

  static Path shipped(String name, int version) {
    return SHIPPED.resolve(name).resolve(Integer.toString(version)).resolve("model.onnx");
  }

  /** A model that somebody's report of a fault is about. */
  public static Path reported(String name) {
    return Path.of("src", "test", "resources", "cases", name + ".onnx");
  }

  /** The operator's word that the model may be batched, where its shapes allow it. */
  public static Batching batching(OnnxModel model, int maxRows) {
    return model
        .signature()
        .whyNotBatched()
        .map(Batching::off)
        .orElseGet(() -> Batching.declared(maxRows));
  }

  /** One that make_models.py writes, loaded. */
  static OnnxModel load(String name) throws ModelRefused {
    return OnnxModel.load(tiny(name + ".onnx"), 1);
  }

  static OnnxModel load(String name, int version) throws ModelRefused {
    return OnnxModel.load(shipped(name, version), 1);
  }
}
