package io.mlp.flow;

import io.mlp.local.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** A model repository of a test's own, of the tiny models that the worker's tests load. */
public final class ModelFolder implements AutoCloseable {
  private static final Path TINY =
      Checkout.locate().root().resolve("worker-service/src/test/resources/models");

  private final Path root;

  private ModelFolder(Path root) {
    this.root = root;
  }

  public static ModelFolder create() {
    try {
      return new ModelFolder(Files.createTempDirectory("models"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Adds version 1 of a model.
   *
   * @param file one that make_models.py writes, without its ending
   * @param yaml what {@code model.yaml} says of it
   */
  public ModelFolder add(String name, String file, String yaml) {
    try {
      Path version = Files.createDirectories(root.resolve(name).resolve("1"));
      Files.copy(TINY.resolve(file + ".onnx"), version.resolve("model.onnx"));
      Files.writeString(root.resolve(name).resolve("model.yaml"), yaml);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts another file in the place of version 1 of a model. */
  public void replace(String name, String file) {
    Path model = root.resolve(name).resolve("1").resolve("model.onnx");
    try {
      Files.copy(TINY.resolve(file + ".onnx"), model, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String path() {
    return root.toString();
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
