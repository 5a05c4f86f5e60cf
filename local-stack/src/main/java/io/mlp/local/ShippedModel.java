package io.mlp.local;

import io.mlp.local.servers.CannotStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A model that lies in the models folder, whether or not it loads.
 *
 * @param name its folder's name
 * @param versions the names of the folders that hold a model file
 * @param example example inputs by name, one row; empty where its {@code model.yaml} gives none
 */
record ShippedModel(String name, List<String> versions, Map<String, Object> example) {
  /**
   * Lists a models folder by name.
   *
   * @throws CannotStartException if there is nothing to serve, naming the folder and its variable
   */
  static List<ShippedModel> in(Path models) {
    try (Stream<Path> folders = Files.list(models)) {
      List<ShippedModel> shipped =
          folders
              .sorted()
              .map(ShippedModel::read)
              .filter(model -> !model.versions().isEmpty())
              .toList();
      if (shipped.isEmpty()) {
        throw refused(models, "holds no model (<name>/<version>/model.onnx)");
      }
      return shipped;
    } catch (IOException e) {
      throw refused(models, Files.exists(models) ? "cannot be read" : "does not exist");
    }
  }

  private static ShippedModel read(Path folder) {
    return new ShippedModel(name(folder), versions(folder), example(folder));
  }

  private static List<String> versions(Path folder) {
    try (Stream<Path> versions = Files.list(folder)) {
      return versions
          .filter(version -> Files.exists(version.resolve("model.onnx")))
          .map(ShippedModel::name)
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String name(Path folder) {
    return String.valueOf(folder.getFileName());
  }

  /** A description that cannot be read costs the example, never the start. */
  private static Map<String, Object> example(Path folder) {
    try {
      Object description =
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .load(Files.readString(folder.resolve("model.yaml")));
      return description instanceof Map<?, ?> map && map.get("example") instanceof Map<?, ?> inputs
          ? inputs(inputs)
          : Map.of();
    } catch (IOException | YAMLException e) {
      return Map.of();
    }
  }

  private static Map<String, Object> inputs(Map<?, ?> inputs) {
    Map<String, Object> named = new LinkedHashMap<>();
    inputs.forEach((name, value) -> named.put(String.valueOf(name), value));
    return named;
  }

  private static CannotStartException refused(Path models, String reason) {
    return CannotStartException.because(
        "The models folder %s %s: name another one with LOCAL_STACK_MODELS."
            .formatted(models, reason));
  }
}
