package io.mlp.worker.repository;

import io.mlp.worker.inference.ModelRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory laid out as a Triton model repository: {@code <name>/<version>/model.onnx}, and
 * {@code <name>/model.yaml} where there is something to say of a model.
 *
 * <p>A version is a positive whole number without leading zeros; all else, and what begins with a
 * dot, is passed over. What a symbolic link names must lie inside the repository. One model's fault
 * keeps no other from loading.
 */
public final class ModelRepository {
  private static final Logger log = LoggerFactory.getLogger(ModelRepository.class);

  /** Names are also parts of queue names and URLs. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,62}");

  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");
  private static final String MODEL_FILE = "model.onnx";

  private final Path directory;
  private final ModelLoader loader;

  /**
   * @param intraOpThreads threads that share the work of one run
   */
  public ModelRepository(Path directory, int intraOpThreads) {
    this.directory = directory;
    this.loader = new ModelLoader(intraOpThreads);
  }

  /**
   * Loads and warms every version there is; the caller owns those that load.
   *
   * @return one result a version directory, by name and version
   * @throws IllegalStateException if the directory cannot be read; its message is for operators
   */
  public List<LoadResult> load() {
    Path root;
    List<Path> models;
    try {
      root = directory.toRealPath();
      models = directories(root);
    } catch (IOException e) {
      String why =
          switch (e) {
            case NoSuchFileException _ -> "it does not exist";
            case NotDirectoryException _ -> "it is no directory";
            default -> e.toString();
          };
      throw new IllegalStateException(
          "The models directory %s (worker.models.directory, MODELS_DIRECTORY) cannot be read: %s."
              .formatted(directory.toAbsolutePath(), why),
          e);
    }
    return models.stream().flatMap(model -> load(root, model)).toList();
  }

  private Stream<LoadResult> load(Path root, Path model) {
    String name = name(model);
    List<Integer> versions = versions(model);
    if (versions.isEmpty()) {
      log.warn("{} holds no version directory, so there is nothing to load", model);
    }
    ModelDescription description;
    try {
      requireName(name);
      requireInside(root, model);
      description = description(root, model);
    } catch (ModelRefused e) {
      return versions.stream().map(version -> new FailedModel(name, version, e.reason()));
    }
    return versions.stream().map(version -> load(root, model, version, description));
  }

  private LoadResult load(Path root, Path model, int version, ModelDescription description) {
    String name = name(model);
    Path file = model.resolve(Integer.toString(version)).resolve(MODEL_FILE);
    try {
      requireInside(root, file);
      return loader.load(name, version, file, description);
    } catch (ModelRefused e) {
      return new FailedModel(name, version, e.reason());
    } catch (RuntimeException | OutOfMemoryError e) {
      log.error("{} does not load", file, e);
      return new FailedModel(name, version, "%s: %s".formatted(root.relativize(file), e));
    }
  }

  private static void requireName(String name) throws ModelRefused {
    if (!NAME.matcher(name).matches()) {
      throw new ModelRefused("%s: no name for a model (expected: %s)".formatted(name, NAME));
    }
  }

  private static void requireInside(Path root, Path path) throws ModelRefused {
    Path shown = root.relativize(path);
    try {
      if (!path.toRealPath().startsWith(root)) {
        throw new ModelRefused(
            "%s: a symbolic link leads outside the models directory".formatted(shown));
      }
    } catch (NoSuchFileException e) {
      throw new ModelRefused("%s: does not exist".formatted(shown), e);
    } catch (IOException e) {
      throw new ModelRefused("%s: cannot be read: %s".formatted(shown, e.getMessage()), e);
    }
  }

  private static ModelDescription description(Path root, Path model) throws ModelRefused {
    Path file = model.resolve(ModelYaml.FILE_NAME);
    if (!Files.exists(file)) {
      return ModelDescription.NONE;
    }
    requireInside(root, file);
    try {
      return ModelYaml.read(file);
    } catch (ModelRefused e) {
      throw new ModelRefused("%s: %s".formatted(root.relativize(file), e.reason()), e);
    }
  }

  private static List<Integer> versions(Path model) {
    try {
      return directories(model).stream()
          .map(ModelRepository::name)
          .filter(VERSION.asMatchPredicate())
          .map(Integer::valueOf)
          .sorted()
          .toList();
    } catch (IOException e) {
      log.warn("{} cannot be read, so none of its versions is loaded", model, e);
      return List.of();
    }
  }

  private static List<Path> directories(Path parent) throws IOException {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries
          .filter(entry -> Files.isDirectory(entry) && !name(entry).startsWith("."))
          .sorted(Comparator.comparing(ModelRepository::name))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
