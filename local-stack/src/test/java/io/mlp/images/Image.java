package io.mlp.images;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image by the words of a compose file.
 *
 * @param name with registry and organisation, where they are given
 * @param tag empty where none is given
 */
record Image(String name, String tag) {
  private static final Pattern PARTS =
      Pattern.compile("(?<name>(?:[^/]+/)*[^/:]+)(?::(?<tag>[^/]+))?");
  private static final Pattern THREE_NUMBERS = Pattern.compile("v?\\d+\\.\\d+\\.\\d+.*");
  private static final Pattern TWO_NUMBERS = Pattern.compile("\\d+\\.\\d+.*");

  static Image parse(String text) {
    Matcher parts = PARTS.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("'%s' names no image".formatted(text));
    }
    String tag = parts.group("tag");
    return new Image(parts.group("name"), tag == null ? "" : tag);
  }

  /** Whether the tag names one release, rather than the newest of many. */
  boolean isPinned() {
    Pattern release = name.equals("postgres") ? TWO_NUMBERS : THREE_NUMBERS;
    return release.matcher(tag).matches();
  }

  @Override
  public String toString() {
    return tag.isEmpty() ? name : name + ":" + tag;
  }
}
