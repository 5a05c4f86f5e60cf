package io.mlp.local;

import io.mlp.local.servers.CannotStartException;
import io.mlp.worker.repository.ModelRepository;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.repository.RepositoryUnreadable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    List<ShippedModel> shipped = new ArrayList<>();
    versions(models)
        .forEach((name, versions) ->
            shipped.add(new ShippedModel(name, versions, example(models.resolve(name)))));
    if (shipped.isEmpty()) {
      throw refused(models, "holds no model (<name>/<version>/model.onnx)");
    }
    return shipped;
  }

  /** As the worker will find them: what it passes over would be waited for in vain. */
  private static Map<String, List<String>> versions(Path models) {
    Map<String, List<String>> found = new TreeMap<>();
    try {
      for (ModelVersion version : new ModelRepository(models, 1).look().versions().keySet()) {
        if (Files.exists(models.resolve(version.toString()).resolve("model.onnx"))) {
          found
              .computeIfAbsent(version.name(), _ -> new ArrayList<>())
              .add(Integer.toString(version.version()));
        }
      }
      return found;
    } catch (RepositoryUnreadable e) {
      throw refused(models, Files.exists(models) ? "cannot be read" : "does not exist");
    }
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
