package io.mlp.worker.repository;

import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.ReadFailure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads {@code model.yaml}: {@code description}, a text; {@code labels}, a list of texts; {@code
 * example}, a map of input names to nested lists, or to {@code shape}, a list of whole numbers;
 * {@code batching}, true or false, or a map of {@code enabled}, true or false, and {@code
 * max_batch_size}, a whole number; {@code time_limit}, a duration such as {@code 30s}; {@code
 * cache} with {@code ttl}, a duration of at least a second. Every key may be left out; one that is
 * not known is refused, for it may be a typo.
 */
final class ModelYaml {
  static final String FILE_NAME = "model.yaml";

  /** What many a user calls it. */
  static final String OTHER_NAME = "model.yml";

  private static final int MAX_BYTES = 4 << 20;

  /** Of SnakeYAML's tree, by trial: 2.1 million zeros fit 768 MB, and not 512 MB. */
  private static final int BYTES_OF_AN_ELEMENT = 350;

  /** The file may take one such share while it is read. */
  private static final int SHARE_OF_HEAP = 3;

  private static final Set<String> KEYS =
      Set.of("description", "labels", "example", "batching", "time_limit", "cache");
  private static final Set<String> BATCHING_KEYS = Set.of("enabled", "max_batch_size");
  private static final Set<String> CACHE_KEYS = Set.of("ttl");

  /** Whole hours of as many seconds as an integer of PostgreSQL counts. */
  private static final Duration LONGEST_TTL =
      Duration.ofHours(Duration.ofSeconds(Integer.MAX_VALUE).toHours());

  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})(ms|s|m|h)");

  private ModelYaml() {}

  /**
   * @throws ModelRefused if the file is not that; the reason names the key, or the line
   */
  static ModelDescription read(Path file) throws ModelRefused {
    Object document = parse(text(file));
    if (document == null) {
      return ModelDescription.NONE;
    }
    Map<?, ?> root = map("the file", document);
    refuseUnknown("", root, KEYS);
    return new ModelDescription(
        description(root),
        labels(root),
        example(root),
        batched(root),
        maxBatchSize(root),
        duration("time_limit", root, "time_limit"),
        cacheTtl(root));
  }

  private static String text(Path file) throws ModelRefused {
    if (!Files.isRegularFile(file)) {
      throw new ModelRefused("no regular file");
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ModelRefused("larger than %d bytes".formatted(MAX_BYTES));
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ModelRefused("not UTF-8", e);
    } catch (IOException e) {
      throw new ModelRefused("cannot be read: " + ReadFailure.why(e), e);
    }
  }

  /** Aliases are refused: they can make a small file huge, or endless. */
  private static @Nullable Object parse(String text) throws ModelRefused {
    requireRoom(text);
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    options.setNestingDepthLimit(20);
    options.setCodePointLimit(MAX_BYTES);
    try {
      return new Yaml(new SafeConstructor(options)).load(text);
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new ModelRefused("line %d: %s".formatted(line, e.getProblem()), e);
    } catch (YAMLException e) {
      throw new ModelRefused("not YAML: " + e.getMessage(), e);
    }
  }

  /** Two million numbers fit the file and take 700 MB to read, more than many a worker has. */
  private static void requireRoom(String text) throws ModelRefused {
    long elements = text.chars().filter(c -> ",\n[{:".indexOf(c) >= 0).count();
    long most = Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / BYTES_OF_AN_ELEMENT;
    if (elements > most) {
      throw new ModelRefused(
          "about %d elements (expected: at most %d, for the heap of this worker)"
              .formatted(elements, most));
    }
  }

  private static void refuseUnknown(String path, Map<?, ?> map, Set<String> known)
      throws ModelRefused {
    for (Object key : map.keySet()) {
      if (!(key instanceof String name && known.contains(name))) {
        throw new ModelRefused(
            "%s%s: unknown key (expected: %s)".formatted(path, key, new TreeSet<>(known)));
      }
    }
  }

  private static Optional<String> description(Map<?, ?> root) throws ModelRefused {
    return root.containsKey("description")
        ? Optional.of(text("description", root.get("description")))
        : Optional.empty();
  }

  private static List<String> labels(Map<?, ?> root) throws ModelRefused {
    if (!root.containsKey("labels")) {
      return List.of();
    }
    if (!(root.get("labels") instanceof List<?> list) || list.isEmpty()) {
      throw wrongType("labels", root.get("labels"), "a list of texts");
    }
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      labels.add(text("labels[%d]".formatted(i), list.get(i)));
    }
    return List.copyOf(labels);
  }

  private static Optional<String> example(Map<?, ?> root) throws ModelRefused {
    return root.containsKey("example")
        ? Optional.of(ExampleJson.write(map("example", root.get("example"))))
        : Optional.empty();
  }

  private static Optional<Boolean> batched(Map<?, ?> root) throws ModelRefused {
    if (root.get("batching") instanceof Boolean batched) {
      return Optional.of(batched);
    }
    Map<?, ?> batching = batching(root);
    if (!batching.containsKey("enabled")) {
      return Optional.empty();
    }
    if (batching.get("enabled") instanceof Boolean batched) {
      return Optional.of(batched);
    }
    throw wrongType("batching.enabled", batching.get("enabled"), "true or false");
  }

  private static Map<?, ?> batching(Map<?, ?> root) throws ModelRefused {
    if (!root.containsKey("batching") || root.get("batching") instanceof Boolean) {
      return Map.of();
    }
    if (!(root.get("batching") instanceof Map<?, ?> batching)) {
      throw wrongType("batching", root.get("batching"), "true, false or a map");
    }
    refuseUnknown("batching.", batching, BATCHING_KEYS);
    return batching;
  }

  private static int maxBatchSize(Map<?, ?> root) throws ModelRefused {
    Map<?, ?> batching = batching(root);
    if (!batching.containsKey("max_batch_size")) {
      return ModelDescription.NONE.maxBatchSize();
    }
    Object value = batching.get("max_batch_size");
    if (value instanceof Integer size && size >= 1) {
      return size;
    }
    throw wrongType("batching.max_batch_size", value, "a whole number >= 1");
  }

  /**
   * Redis counts in seconds here, so a shorter time would be none; the catalogue counts to this.
   */
  private static Optional<Duration> cacheTtl(Map<?, ?> root) throws ModelRefused {
    if (!root.containsKey("cache")) {
      return Optional.empty();
    }
    Map<?, ?> cache = map("cache", root.get("cache"));
    refuseUnknown("cache.", cache, CACHE_KEYS);
    Optional<Duration> ttl = duration("cache.ttl", cache, "ttl");
    if (ttl.isPresent() && (ttl.get().toSeconds() < 1 || ttl.get().compareTo(LONGEST_TTL) > 0)) {
      throw wrongType("cache.ttl", cache.get("ttl"), "1s to %dh".formatted(LONGEST_TTL.toHours()));
    }
    return ttl;
  }

  private static Optional<Duration> duration(String path, Map<?, ?> map, String key)
      throws ModelRefused {
    if (!map.containsKey(key)) {
      return Optional.empty();
    }
    Object value = map.get(key);
    Matcher duration = DURATION.matcher(value instanceof String text ? text : "");
    if (!duration.matches()) {
      throw wrongType(path, value, "a duration such as 250ms, 30s, 5m or 1h");
    }
    long number = Long.parseLong(duration.group(1));
    return Optional.of(
        switch (duration.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        });
  }

  private static Map<?, ?> map(String path, @Nullable Object value) throws ModelRefused {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wrongType(path, value, "a map");
  }

  private static String text(String path, @Nullable Object value) throws ModelRefused {
    if (value instanceof String text) {
      return ExampleJson.storable(path, text);
    }
    throw wrongType(path, value, "a text, in quotes if it looks like anything else");
  }

  private static ModelRefused wrongType(String path, @Nullable Object value, String expected) {
    return new ModelRefused("%s: %s (expected: %s)".formatted(path, shown(value), expected));
  }

  private static String shown(@Nullable Object value) {
    return switch (value) {
      case null -> "nothing";
      case Map<?, ?> _ -> "a map";
      case List<?> list -> list.isEmpty() ? "an empty list" : "a list";
      case String text -> "\"" + text + "\"";
      default -> value.toString();
    };
  }
}
