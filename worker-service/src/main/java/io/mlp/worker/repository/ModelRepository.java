package io.mlp.worker.repository;

import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.trial.RowTrials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

  /** Identity of the directory when it last held something. */
  private @Nullable Object lastFilled;

  /**
   * @param intraOpThreads threads that share the work of one run
   * @param trials tell which models may be batched
   */
  public ModelRepository(Path directory, int intraOpThreads, RowTrials trials) {
    this.directory = directory;
    this.loader = new ModelLoader(intraOpThreads, trials);
  }

  /**
   * Looks what there is, without reading a file.
   *
   * @throws RepositoryUnreadable if the directory cannot be read, or is now another one and empty
   */
  public RepositoryLook look() {
    NavigableMap<ModelVersion, Fingerprint> found = new TreeMap<>();
    Set<String> unreadable = new TreeSet<>();
    try {
      Path root = directory.toRealPath();
      for (Path model : directories(root)) {
        try {
          versions(model).forEach(version -> found.put(version, fingerprint(root, version)));
        } catch (IOException _) {
          unreadable.add(name(model));
        }
      }
      requireTheSameIfEmpty(root, found.isEmpty() && unreadable.isEmpty());
    } catch (IOException e) {
      throw unreadable(e);
    }
    return new RepositoryLook(found, unreadable);
  }

  /** A volume that is gone leaves an empty directory: nobody has removed its models. */
  private void requireTheSameIfEmpty(Path root, boolean empty) throws IOException {
    Object now = Files.readAttributes(root, BasicFileAttributes.class).fileKey();
    if (!empty) {
      lastFilled = now;
    } else if (lastFilled != null && !lastFilled.equals(now)) {
      throw new IOException("it is another directory than before, and empty; is a volume gone?");
    }
  }

  private RepositoryUnreadable unreadable(IOException e) {
    String why =
        switch (e) {
          case NoSuchFileException _ -> "it does not exist";
          case NotDirectoryException _ -> "it is no directory";
          case FileSystemException _ -> e.toString();
          default -> String.valueOf(e.getMessage());
        };
    return new RepositoryUnreadable(
        "The models directory %s (worker.models.directory, MODELS_DIRECTORY) cannot be read: %s."
            .formatted(directory.toAbsolutePath(), why),
        e);
  }

  private static List<ModelVersion> versions(Path model) throws IOException {
    return directories(model).stream()
        .map(ModelRepository::name)
        .filter(VERSION.asMatchPredicate())
        .map(version -> new ModelVersion(name(model), Integer.parseInt(version)))
        .toList();
  }

  private static Fingerprint fingerprint(Path root, ModelVersion version) {
    Path model = root.resolve(version.name());
    return Fingerprint.of(
        root, root.resolve(version.toString()), model.resolve(ModelYaml.FILE_NAME));
  }

  /** Loads and warms a version; the caller owns it if it loads. */
  public LoadResult load(ModelVersion version) {
    try {
      Path root = directory.toRealPath();
      Fingerprint before = fingerprint(root, version);
      LoadResult result = load(root, version);
      if (before.equals(fingerprint(root, version))) {
        return result;
      }
      if (result instanceof LoadedModel model) {
        model.close();
      }
      return failed(version, version + ": the files changed while they were loaded");
    } catch (IOException e) {
      return failed(version, "%s: %s".formatted(version, e));
    }
  }

  private LoadResult load(Path root, ModelVersion version) {
    Path model = root.resolve(version.name());
    Path file = root.resolve(version.toString()).resolve(MODEL_FILE);
    try {
      requireName(version.name());
      requireInside(root, model);
      ModelDescription description = description(root, model);
      requireInside(root, file);
      return loader.load(version.name(), version.version(), file, description);
    } catch (ModelRefused e) {
      return failed(version, e.reason());
    } catch (RuntimeException | OutOfMemoryError e) {
      log.error("{} does not load", file, e);
      return failed(version, "%s: %s".formatted(root.relativize(file), e));
    }
  }

  private static FailedModel failed(ModelVersion version, String reason) {
    return new FailedModel(version.name(), version.version(), reason);
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
