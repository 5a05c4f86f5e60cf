package io.mlp.local;

import io.mlp.local.servers.CannotStartException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The source tree this runs from: models are read from it and data is kept in it, whatever the
 * working directory.
 *
 * @param root the folder that holds the module {@code local-stack}
 */
public record Checkout(Path root) {
  /**
   * Looks upward from the working directory, then from the place of the classes.
   *
   * @throws CannotStartException if both are outside a checkout
   */
  public static Checkout locate() {
    Path here = Path.of("").toAbsolutePath();
    return Stream.of(here, placeOfClasses())
        .flatMap(start -> above(start).stream())
        .findFirst()
        .orElseThrow(() ->
            CannotStartException.because(
                "No folder above %s holds local-stack/pom.xml: start the local stack inside a checkout of MLP."
                    .formatted(here)));
  }

  /** The checkout around a folder. */
  static Optional<Checkout> above(Path folder) {
    return Stream.<Path>iterate(folder, path -> path != null, Path::getParent)
        .filter(path -> Files.isRegularFile(path.resolve("local-stack/pom.xml")))
        .findFirst()
        .map(Checkout::new);
  }

  /** The models that ship with the source. */
  public Path models() {
    return root.resolve("models");
  }

  /** Where the local stack keeps its data; not under version control. */
  public Path data() {
    return root.resolve(".local-stack");
  }

  private static Path placeOfClasses() {
    try {
      return Path.of(Checkout.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
