package io.mlp.worker.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Tells processors apart by the features that ONNX Runtime chooses its kernels by, so far as the
 * system names them.
 */
final class Processor {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Processor() {}

  /** Architecture and features, always in the same order. */
  static String features() {
    String architecture = System.getProperty("os.arch", "");
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
          .findFirst()
          .map(line -> architecture + " " + sorted(line.substring(line.indexOf(':') + 1)))
          .orElse(architecture);
    } catch (IOException | RuntimeException _) {
      return architecture;
    }
  }

  private static String sorted(String features) {
    return String.join(" ", new TreeSet<>(Arrays.asList(features.strip().split("\\s+"))));
  }
}
