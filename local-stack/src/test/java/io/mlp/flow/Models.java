package io.mlp.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.local.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A model repository of a test's own, made of copies of the shipped models. */
public final class Models implements AutoCloseable {
  private final Path directory;

  public Models() {
    try {
      directory = Files.createTempDirectory("models");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path directory() {
    return directory;
  }

  public static Path shipped(String model, int version) {
    return Checkout.locate().models().resolve(model).resolve(Integer.toString(version));
  }

  public Path file(String model, int version) {
    return directory.resolve(model).resolve(Integer.toString(version)).resolve("model.onnx");
  }

  /** Adds a version, or replaces its bytes. */
  public void put(String model, int version, Path shipped) {
    write(file(model, version), bytes(shipped));
  }

  static byte[] bytes(Path shipped) {
    try {
      return Files.readAllBytes(shipped.resolve("model.onnx"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.resolveSibling(""));
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What model.yaml says of it from now on. */
  public void describe(String model, String yaml) {
    write(directory.resolve(model).resolve("model.yaml"), yaml.getBytes(UTF_8));
  }

  public void remove(String model, int version) {
    delete(file(model, version).resolveSibling(""));
  }

  private static void delete(Path root) {
    try (Stream<Path> all = Files.walk(root)) {
      List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    delete(directory);
  }
}
