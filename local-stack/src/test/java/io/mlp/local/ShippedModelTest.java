package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.local.servers.CannotStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedModelTest {
  @TempDir private Path models;

  @Test
  void readsExamples_inOrderOfNames() throws IOException {
    addModel("two", "description: no example\n");
    addModel("one", "example:\n  x: [[1, 2.5]]\n");
    Files.createDirectories(models.resolve("one/2"));
    Files.writeString(models.resolve("one/2/model.onnx"), "");
    assertThat(ShippedModel.in(models))
        .containsExactly(
            new ShippedModel("one", List.of("1", "2"), Map.of("x", List.of(List.of(1, 2.5)))),
            new ShippedModel("two", List.of("1"), Map.of()));
  }

  @Test
  void hasNoExample_whenDescriptionIsMissingOrBroken() throws IOException {
    addModel("broken", "example: [unclosed\n");
    addModel("odd", "- a list\n");
    addModel("bare", "");
    Files.delete(models.resolve("bare/model.yaml"));
    assertThat(ShippedModel.in(models)).allMatch(model -> model.example().isEmpty()).hasSize(3);
  }

  @Test
  void ignoresWhatIsNoModel() throws IOException {
    addModel("one", "");
    Files.createDirectories(models.resolve("empty/1"));
    for (String passedOver : List.of("one/01", "one/old", "one/.2", ".git/1")) {
      Files.createDirectories(models.resolve(passedOver));
      Files.writeString(models.resolve(passedOver).resolve("model.onnx"), "");
    }
    Files.writeString(models.resolve("README.md"), "");
    assertThat(ShippedModel.in(models))
        .containsExactly(new ShippedModel("one", List.of("1"), Map.of()));
  }

  @Test
  void refusesFolderWithoutModels() {
    assertThatThrownBy(() -> ShippedModel.in(models))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContainingAll(models.toString(), "holds no model", "LOCAL_STACK_MODELS");
  }

  @Test
  void refusesMissingFolder() {
    assertThatThrownBy(() -> ShippedModel.in(models.resolve("none")))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContainingAll("does not exist", "LOCAL_STACK_MODELS");
  }

  @Test
  void readsTheOnesOfThisCheckout() {
    assertThat(ShippedModel.in(Checkout.locate().models()))
        .extracting(ShippedModel::name)
        .contains("digits");
  }

  private void addModel(String name, String description) throws IOException {
    Files.createDirectories(models.resolve(name).resolve("1"));
    Files.writeString(models.resolve(name).resolve("1/model.onnx"), "");
    Files.writeString(models.resolve(name).resolve("model.yaml"), description);
  }
}
