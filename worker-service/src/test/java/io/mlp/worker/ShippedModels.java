package io.mlp.worker;

import io.mlp.worker.inference.TestModels;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.Loading;
import java.util.List;

/** The models of the checkout, loaded once for all tests of this JVM. */
public final class ShippedModels {
  private static final List<LoadedModel> LOADED =
      Loading.all(TestModels.SHIPPED).stream().map(LoadedModel.class::cast).toList();

  private ShippedModels() {}

  /** Takes features FP32[-1, 4], answers with a label and the scores of three species. */
  public static LoadedModel iris() {
    return named("iris");
  }

  /** Takes an image FP32[-1, 64], answers with a label and the probabilities of ten digits. */
  public static LoadedModel digits() {
    return named("digits");
  }

  /** Has no labels, so it gives no predictions. */
  public static LoadedModel diabetes() {
    return named("diabetes");
  }

  private static LoadedModel named(String name) {
    return LOADED.stream().filter(model -> model.name().equals(name)).findFirst().orElseThrow();
  }
}
