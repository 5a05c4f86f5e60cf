package io.mlp.images;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file that builds a service's image, read for what it has in common with that of another
 * service.
 */
record Dockerfile(String text, List<Difference> differences) {
  /** The opening comment tells what this image is. */
  private static final Pattern OPENING = Pattern.compile("\\A(#.*\\n)*");

  private static final Pattern CONTINUED = Pattern.compile("\\s*\\\\\\n\\s*");

  /** All modules' are copied, whichever of them is built. */
  private static final Pattern COPY_OF_A_POM = Pattern.compile("COPY \\S+/pom\\.xml \\S+");

  /** What an image is called and said to be, in its labels. */
  private static final Difference LABEL =
      new Difference("(?<=\\.(title|description)=)(\"[^\"]*\"|\\S+)", "<words>");

  /**
   * What rightly differs.
   *
   * @param here a pattern of what this file has
   * @param common what stands for it, and for what the other has there
   */
  record Difference(String here, String common) {
    private String out(String line) {
      return line.replaceAll(here, common);
    }

    boolean isIn(String text) {
      return Pattern.compile(here, Pattern.MULTILINE).matcher(text).find();
    }
  }

  /** Lines, continued ones as one, that are those of another service's file. */
  List<String> commonLines() {
    String instructions = CONTINUED.matcher(OPENING.matcher(text).replaceFirst("")).replaceAll(" ");
    return instructions.lines().map(this::common).filter(line -> !line.isBlank()).toList();
  }

  private String common(String line) {
    if (COPY_OF_A_POM.matcher(line).matches()) {
      return line;
    }
    String common = line;
    for (Difference difference : Stream.concat(differences.stream(), Stream.of(LABEL)).toList()) {
      common = difference.out(common);
    }
    return common.replaceAll("\\s+", " ").strip();
  }
}
