package io.mlp.api.submission.validation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Requests and what becomes of them, written for people to read: a title behind {@code ##}, the
 * body, and behind {@code =>} the outcome, in lines.
 */
final class RequestFile {
  private RequestFile() {}

  record Case(String title, String body, List<String> outcome) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Case> read(String name) {
    String[] blocks = text(name).split("(?m)^## ", -1);
    return Arrays.stream(blocks).skip(1).map(RequestFile::parse);
  }

  private static Case parse(String block) {
    String[] titleAndRest = block.split("\n", 2);
    String[] bodyAndOutcome = titleAndRest[1].split("(?m)^=>", 2);
    List<String> outcome =
        bodyAndOutcome[1].lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    return new Case(titleAndRest[0], bodyAndOutcome[0].strip(), outcome);
  }

  private static String text(String name) {
    try (InputStream file = RequestFile.class.getResourceAsStream("/submission/" + name)) {
      if (file == null) {
        throw new IllegalArgumentException("no file " + name);
      }
      return new String(file.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
