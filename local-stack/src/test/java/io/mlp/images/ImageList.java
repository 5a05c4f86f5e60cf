package io.mlp.images;

import static java.util.stream.Collectors.joining;

import io.mlp.local.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.utility.DockerImageName;

/**
 * The images that MLP is built from and runs beside: the defaults that the compose file gives to
 * its variables {@code …_IMAGE}, without the images that it builds. Whatever else names one of them
 * is held to this list by {@code ImagesTest}.
 */
public record ImageList(Map<String, Image> byVariable) {
  private static final Pattern DEFAULT = Pattern.compile("\\$\\{(\\w+_IMAGE):-([^}]*)}");
  private static final String BUILT_HERE = "cas.mlp.";

  public ImageList {
    byVariable = Map.copyOf(byVariable);
  }

  /** That of a source tree. */
  public static ImageList of(Checkout checkout) {
    try {
      return in(Files.readString(checkout.root().resolve("docker-compose.yml")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * That of a compose file's text.
   *
   * @throws IllegalStateException if a variable has two defaults
   */
  static ImageList in(String compose) {
    Map<String, Image> images = new TreeMap<>();
    Matcher found = DEFAULT.matcher(compose);
    while (found.find()) {
      if (!found.group(2).startsWith(BUILT_HERE)) {
        add(images, found.group(1), Image.parse(found.group(2)));
      }
    }
    return new ImageList(images);
  }

  private static void add(Map<String, Image> images, String variable, Image image) {
    Image other = images.putIfAbsent(variable, image);
    if (other != null && !other.equals(image)) {
      throw new IllegalStateException("%s: %s and %s".formatted(variable, other, image));
    }
  }

  /**
   * What a variable names, for Testcontainers' module of an image. As in compose, the environment's
   * value wins unless it is empty; it may be a copy under another name.
   */
  public DockerImageName image(
      String variable, String substituted, Map<String, String> environment) {
    Image listed = byVariable.get(variable);
    if (listed == null) {
      throw new IllegalStateException(
          "%s: not in docker-compose.yml, which knows %s"
              .formatted(variable, byVariable.keySet().stream().sorted().toList()));
    }
    String wanted = environment.getOrDefault(variable, "");
    return DockerImageName.parse(wanted.isEmpty() ? listed.toString() : wanted)
        .asCompatibleSubstituteFor(substituted);
  }

  /** Where a text names an image of this list with another tag, the words by which it does. */
  List<String> otherTagsIn(String text) {
    String names =
        byVariable.values().stream()
            .map(Image::name)
            .distinct()
            .map(Pattern::quote)
            .collect(joining("|"));
    // A registry may come before. Four digits and more are a port: services bear their images'
    // names.
    Pattern mention =
        Pattern.compile(
            "(?<![\\w./-])(?:\\w[\\w.-]*\\.\\w+/)?(?:library/)?((?:%s):(?!\\d{4,5}\\b)\\w(?:[\\w.-]*\\w)?)"
                .formatted(names));
    return mention
        .matcher(text)
        .results()
        .map(result -> result.group(1))
        .filter(words -> !byVariable.containsValue(Image.parse(words)))
        .toList();
  }
}
