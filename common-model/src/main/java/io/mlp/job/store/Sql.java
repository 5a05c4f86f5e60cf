package io.mlp.job.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The statements of this package, each in a file of its own, with parameters by name. */
final class Sql {
  private Sql() {}

  /** The statement in that file, without the ending {@code .sql}. */
  static String read(String name) {
    try (InputStream file = Sql.class.getResourceAsStream(name + ".sql")) {
      if (file == null) {
        throw new IllegalArgumentException("there is no statement " + name);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
