package io.mlp.worker.repository;

import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.ReadFailure;
import io.mlp.worker.trial.RowTrials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.HashSet;
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

  /** What was found and told once; the look that finds it again does not repeat it. */
  private final Set<String> warned = new HashSet<>();

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
   * Looks what there is, without reading a file. One thread looks.
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
        } catch (IOException e) {
          warnOnce(name(model) + ": its folder cannot be read: " + ReadFailure.why(e));
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
          default -> ReadFailure.why(e);
        };
    return new RepositoryUnreadable(
        "The models directory %s (worker.models.directory, MODELS_DIRECTORY) cannot be read: %s."
            .formatted(directory.toAbsolutePath(), why),
        e);
  }

  private List<ModelVersion> versions(Path model) throws IOException {
    return directories(model).stream()
        .map(ModelRepository::name)
        .filter(VERSION.asMatchPredicate())
        .map(version -> new ModelVersion(name(model), Integer.parseInt(version)))
        .toList();
  }

  private static Fingerprint fingerprint(Path root, ModelVersion version) {
    Path model = root.resolve(version.name());
    return Fingerprint.of(
        root,
        root.resolve(version.toString()),
        List.of(model.resolve(ModelYaml.FILE_NAME), model.resolve(ModelYaml.OTHER_NAME)));
  }

  /**
   * Loads and warms a version; the caller owns it if it loads. Any thread may.
   *
   * @param files the look's; others than these are not loaded
   * @param limit is told of the model's runs
   */
  public LoadResult load(ModelVersion version, Fingerprint files, LoadLimit limit) {
    try {
      Path root = directory.toRealPath();
      if (files.equals(fingerprint(root, version))) {
        LoadResult result = load(root, version, limit);
        if (files.equals(fingerprint(root, version))) {
          return result;
        }
        if (result instanceof LoadedModel model) {
          model.close();
        }
      }
      return failed(version, version + ": the files changed while they were loaded");
    } catch (IOException e) {
      return failed(version, "%s: cannot be read: %s".formatted(version, ReadFailure.why(e)));
    }
  }

  private LoadResult load(Path root, ModelVersion version, LoadLimit limit) {
    Path model = root.resolve(version.name());
    Path file = root.resolve(version.toString()).resolve(MODEL_FILE);
    try {
      requireName(version.name());
      requireInside(root, model);
      ModelDescription description = description(root, model);
      requireInside(root, file);
      return loader.load(version.name(), version.version(), file, description, limit);
    } catch (ModelRefused e) {
      return failed(version, relative(root, e.reason()));
    } catch (RuntimeException | OutOfMemoryError e) {
      log.error("{} does not load", file, e);
      return failed(version, relative(root, "%s/%s: %s".formatted(version, MODEL_FILE, e)));
    }
  }

  /** Messages of others hold whole paths, which are nobody's business. */
  private String relative(Path root, String reason) {
    String relative = reason;
    for (Path folder : List.of(root, directory.toAbsolutePath())) {
      if (folder.getNameCount() > 0) {
        relative = relative.replace(folder + folder.getFileSystem().getSeparator(), "");
      }
    }
    return relative;
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
      throw new ModelRefused("%s: cannot be read: %s".formatted(shown, ReadFailure.why(e)), e);
    }
  }

  private static ModelDescription description(Path root, Path model) throws ModelRefused {
    Path file = model.resolve(ModelYaml.FILE_NAME);
    if (Files.notExists(file)) {
      requireNoOther(root, model.resolve(ModelYaml.OTHER_NAME));
      return ModelDescription.NONE;
    }
    requireInside(root, file);
    try {
      return ModelYaml.read(file);
    } catch (ModelRefused e) {
      throw new ModelRefused("%s: %s".formatted(root.relativize(file), e.reason()), e);
    }
  }

  /** Whoever wrote it means it to be read. */
  private static void requireNoOther(Path root, Path file) throws ModelRefused {
    if (Files.exists(file)) {
      throw new ModelRefused(
          "%s: is not read (expected: the name %s)"
              .formatted(root.relativize(file), ModelYaml.FILE_NAME));
    }
  }

  private List<Path> directories(Path parent) throws IOException {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries
          .filter(entry -> Files.isDirectory(entry) && !name(entry).startsWith("."))
          .filter(this::hasName)
          .sorted(Comparator.comparing(ModelRepository::name))
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** A name of bytes that are no text, or none in this process's locale, leads nowhere again. */
  private boolean hasName(Path entry) {
    try {
      if (entry.resolveSibling(name(entry)).equals(entry)) {
        return true;
      }
    } catch (InvalidPathException _) {
      // As good as another name.
    }
    warnOnce(name(entry) + ": the name cannot be read in this locale, so it is passed over");
    return false;
  }

  private void warnOnce(String warning) {
    if (warned.add(warning)) {
      log.warn("{}", warning);
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
