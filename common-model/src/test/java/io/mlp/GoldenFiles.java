package io.mlp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;

/**
 * The bytes that stored jobs, queues and caches hold, pinned in {@code src/test/resources/golden}.
 * A change that breaks one of them breaks what a running installation has stored.
 */
public final class GoldenFiles {
  private GoldenFiles() {}

  /** JSON, folded into lines for the reader: line breaks and indents are none of its bytes. */
  public static String json(String name) {
    return read(name).lines().map(String::strip).collect(joining());
  }

  /** Bytes in hex; what follows a {@code #} explains them. */
  public static byte[] hex(String name) {
    String digits = read(name).lines().map(line -> line.replaceFirst("#.*", "")).collect(joining());
    return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
  }

  private static String read(String name) {
    try (InputStream file = GoldenFiles.class.getResourceAsStream("/golden/" + name)) {
      if (file == null) {
        throw new IllegalArgumentException("no golden file " + name);
      }
      return new String(file.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
