package io.mlp.local;

import io.mlp.local.servers.CannotStartException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Environment variables with types: a value that makes no sense stops the start with a sentence
 * that names it. An empty variable is an absent one, as in compose files.
 */
record Environment(Map<String, String> variables) {
  int port(String name, int otherwise) {
    return number(name, otherwise, 65_535);
  }

  Duration seconds(String name, Duration otherwise) {
    return Duration.ofSeconds(number(name, (int) otherwise.toSeconds(), 3_600));
  }

  Path path(String name, Path otherwise) {
    String value = value(name, otherwise.toString());
    try {
      return Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw refused(name, value, "a path");
    }
  }

  String oneOf(String name, List<String> choices, String otherwise) {
    String value = value(name, otherwise).toUpperCase(Locale.ROOT);
    if (!choices.contains(value)) {
      throw refused(name, value, "one of " + String.join(", ", choices));
    }
    return value;
  }

  private int number(String name, int otherwise, int highest) {
    String value = value(name, Integer.toString(otherwise));
    try {
      int number = Integer.parseInt(value);
      if (number >= 0 && number <= highest) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, as a number out of range is.
    }
    throw refused(name, value, "0 to " + highest);
  }

  private String value(String name, String otherwise) {
    String value = variables.getOrDefault(name, "").strip();
    return value.isEmpty() ? otherwise : value;
  }

  private static CannotStartException refused(String name, String value, String expected) {
    return CannotStartException.because("%s: %s (expected: %s)".formatted(name, value, expected));
  }
}
