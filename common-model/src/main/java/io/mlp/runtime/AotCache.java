package io.mlp.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The AOT cache (JEP 483) that the images start from. A JVM that cannot use it starts without, in
 * twice the time, which somebody should know.
 */
public final class AotCache {
  private static final String OPTION = "-XX:AOTCache=";

  private AotCache() {}

  /** A sentence if this JVM was started with an AOT cache that it does not use. */
  public static Optional<String> complaint() {
    return complaint(
        ManagementFactory.getRuntimeMXBean().getInputArguments(), Path.of("/proc/self/maps"));
  }

  /**
   * @param arguments of the JVM
   * @param maps what is mapped into its memory, as Linux lists it; elsewhere nothing is known
   */
  static Optional<String> complaint(List<String> arguments, Path maps) {
    return arguments.stream()
        .filter(argument -> argument.startsWith(OPTION))
        .map(argument -> argument.substring(OPTION.length()))
        .filter(cache -> Files.exists(maps) && !isMapped(cache, maps))
        .map(cache ->
            "The AOT cache %s is not used, so this start takes twice as long: the JVM, its options or its class path are not those of the image's build. The JVM's own lines above, marked [aot], tell which."
                .formatted(cache))
        .findFirst();
  }

  private static boolean isMapped(String cache, Path maps) {
    try {
      String file = Path.of(cache).toAbsolutePath().toString();
      return Files.readAllLines(maps).stream().anyMatch(line -> line.endsWith(" " + file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
