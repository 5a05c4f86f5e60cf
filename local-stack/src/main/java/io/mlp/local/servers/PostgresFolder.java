package io.mlp.local.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.springframework.util.FileSystemUtils;

/**
 * PostgreSQL's data directory inside a data folder: knows whether it was ever finished and whether
 * this version of PostgreSQL can read it.
 */
final class PostgresFolder {
  static final String NAME = "postgres";
  static final String PID_FILE = "postmaster.pid";

  private final Path path;
  private final Path unfinished;

  PostgresFolder(DataFolder folder) {
    this.path = folder.file(NAME);
    this.unfinished = folder.file("postgres.unfinished");
  }

  Path path() {
    return path;
  }

  /**
   * Refuses data of another major version, before anything runs.
   *
   * @throws CannotStartException naming both versions and the ways out
   */
  void check() {
    String found = majorOnDisk();
    String wanted = version().replaceFirst("\\..*", "");
    if (!found.isEmpty() && !found.equals(wanted)) {
      throw CannotStartException.because(
          "%s holds data of PostgreSQL %s and this is PostgreSQL %s: move the folder away or delete it for a fresh start, or name another one with LOCAL_STACK_DATA."
              .formatted(path, found, wanted));
    }
  }

  /**
   * Before a start: a directory that a first start left half made is made again. Only a directory
   * that this class saw begin is ever removed.
   */
  void begin() {
    try {
      if (Files.exists(unfinished)) {
        FileSystemUtils.deleteRecursively(path);
      }
      if (!Files.exists(path)) {
        Files.writeString(unfinished, "PostgreSQL's data directory is being made\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** After a start: from now on the directory is data to keep. */
  void finish() {
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String majorOnDisk() {
    try {
      Path file = path.resolve("PG_VERSION");
      return Files.exists(file) && !Files.exists(unfinished) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String version() {
    try (InputStream in = PostgresFolder.class.getResourceAsStream("versions.properties")) {
      Properties versions = new Properties();
      versions.load(in);
      return versions.getProperty("postgres.version", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
