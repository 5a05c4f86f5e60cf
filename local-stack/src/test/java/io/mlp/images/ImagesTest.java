package io.mlp.images;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.local.Checkout;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All that names an image names the one of docker-compose.yml. */
class ImagesTest {
  private static final Path ROOT = Checkout.locate().root();

  private static final Pattern IMAGE_LINE = Pattern.compile("(?m)^\\s*image:\\s*(\\S.*)$");
  private static final Pattern ARGUMENT = Pattern.compile("(?m)^ARG (\\w+_IMAGE)=(\\S+)$");
  private static final Pattern FROM = Pattern.compile("(?m)^FROM (\\S+)");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(\\w+)` \\| `([^`]+)` \\| `([^`]+)` \\| [^|]+ \\| (\\S+) \\|$");

  private final ImageList list = ImageList.of(Checkout.locate());

  @Test
  void everyImageOfTheComposeFileMayBeReplacedByAVariable() throws IOException {
    assertThat(matches(IMAGE_LINE, "docker-compose.yml"))
        .extracting(line -> line.group(1))
        .isNotEmpty()
        .allMatch(image -> image.matches("\\$\\{\\w+_IMAGE:-.+}"));
  }

  @Test
  void noTagFloats() {
    assertThat(list.byVariable().values()).isNotEmpty().allMatch(Image::isPinned, "pinned");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile.api", "Dockerfile.worker"})
  void aDockerfilesDefaultsAreThoseOfTheList(String file) throws IOException {
    Map<String, Image> defaults =
        matches(ARGUMENT, file).stream()
            .collect(toMap(found -> found.group(1), found -> Image.parse(found.group(2))));
    assertThat(defaults)
        .isNotEmpty()
        .allSatisfy(
            (variable, image) -> assertThat(list.byVariable()).containsEntry(variable, image));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Dockerfile.api", "Dockerfile.worker"})
  void aDockerfileBuildsOnNothingThatNoVariableReplaces(String file) throws IOException {
    assertThat(matches(FROM, file))
        .extracting(from -> from.group(1))
        .isNotEmpty()
        .allMatch(image -> image.matches("\\$\\{\\w+_IMAGE}"));
  }

  @Test
  void theTableIsTheListWithTheDayOfEach() throws IOException {
    List<MatchResult> rows = matches(ROW, "docs/images.md");
    Map<String, Image> table =
        rows.stream()
            .collect(toMap(row -> row.group(1), row -> new Image(row.group(2), row.group(3))));
    assertThat(table).containsExactlyInAnyOrderEntriesOf(list.byVariable());
    assertThat(rows).allSatisfy(row -> assertThat(LocalDate.parse(row.group(4))).isNotNull());
  }

  @Test
  void noFileNamesAnImageWithAnotherTag() throws IOException {
    List<String> others = new ArrayList<>();
    for (Path file : sources()) {
      // Read byte by byte: some hold no text.
      list.otherTagsIn(Files.readString(file, ISO_8859_1))
          .forEach(words -> others.add(ROOT.relativize(file) + ": " + words));
    }
    assertThat(others).isEmpty();
  }

  private static List<MatchResult> matches(Pattern pattern, String file) throws IOException {
    return pattern.matcher(Files.readString(ROOT.resolve(file))).results().toList();
  }

  /** What is under version control, or might be. */
  private static List<Path> sources() throws IOException {
    Set<String> ignored = new HashSet<>(Set.of(".git"));
    Files.readAllLines(ROOT.resolve(".gitignore"))
        .forEach(line -> ignored.add(line.replace("/", "")));
    List<Path> sources = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return isIgnored(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !isIgnored(file)) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          private boolean isIgnored(Path path) {
            return ignored.contains(path.getFileName().toString());
          }
        });
    return sources;
  }
}
