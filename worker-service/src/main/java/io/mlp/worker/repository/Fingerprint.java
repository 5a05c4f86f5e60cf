package io.mlp.worker.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What tells without reading a file that a version is not what it was: names, sizes, times and
 * identities of all that lies in its directory, and of the model's description.
 */
public final class Fingerprint {
  /** Weights may lie in folders of their own; nobody nests them deeper. */
  private static final int MAX_DEPTH = 4;

  /** More files are not told apart. */
  private static final int MAX_FILES = 1000;

  private final List<Trace> traces;

  private Fingerprint(List<Trace> traces) {
    this.traces = traces;
  }

  /**
   * A file as it was seen.
   *
   * @param name below the repository
   * @param identity its inode, where there are such: another file may have the same size and time
   */
  private record Trace(
      String name, long size, @Nullable FileTime modified, @Nullable Object identity) {

    static Trace of(Path root, Path file) {
      String name = root.relativize(file).toString();
      try {
        BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
        return new Trace(
            name, seen.isRegularFile() ? seen.size() : -1, seen.lastModifiedTime(), seen.fileKey());
      } catch (IOException _) {
        return new Trace(name, -1, null, null);
      }
    }
  }

  /**
   * Of a version's directory and what describes its model, whether or not these can be read.
   *
   * @param root nothing outside of it is looked at
   */
  static Fingerprint of(Path root, Path version, List<Path> descriptions) {
    List<Trace> traces = new ArrayList<>();
    descriptions.forEach(description -> traces.add(Trace.of(root, description)));
    traces.add(Trace.of(root, version));
    try {
      Path folder = version.toRealPath();
      if (folder.startsWith(root)) {
        addFiles(root, folder, traces);
      }
    } catch (IOException | UncheckedIOException _) {
      // What can be seen of the directory itself has to do.
    }
    return new Fingerprint(List.copyOf(traces));
  }

  private static void addFiles(Path root, Path folder, List<Trace> traces) throws IOException {
    try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
      files.limit(MAX_FILES).sorted().map(file -> Trace.of(root, file)).forEach(traces::add);
    }
  }

  /** Whether nothing was written since then, as far as the files tell. */
  public boolean settledSince(Instant instant) {
    return newest().map(newest -> newest.toInstant().isBefore(instant)).orElse(false);
  }

  /**
   * The same for other processes, too, and after a restart: of names, sizes and times alone, for an
   * inode says nothing in another container. In hex.
   */
  public String digest() {
    String lines =
        traces.stream()
            .map(trace -> "%s %d %s\n".formatted(trace.name, trace.size, trace.modified))
            .collect(Collectors.joining());
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(lines.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private Optional<FileTime> newest() {
    return traces.stream()
        .map(Trace::modified)
        .flatMap(Stream::ofNullable)
        .max(FileTime::compareTo);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fingerprint that && traces.equals(that.traces);
  }

  @Override
  public int hashCode() {
    return traces.hashCode();
  }
}
