package io.mlp.worker.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
   * @param identity its inode, where there are such: another file may have the same size and time
   */
  private record Trace(
      String name, long size, @Nullable FileTime modified, @Nullable Object identity) {

    static Trace of(Path file) {
      try {
        BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
        return new Trace(
            file.toString(),
            seen.isRegularFile() ? seen.size() : -1,
            seen.lastModifiedTime(),
            seen.fileKey());
      } catch (IOException _) {
        return new Trace(file.toString(), -1, null, null);
      }
    }
  }

  /**
   * Of a version's directory and its model's description, whether or not these can be read.
   *
   * @param root nothing outside of it is looked at
   */
  static Fingerprint of(Path root, Path version, Path description) {
    List<Trace> traces = new ArrayList<>();
    traces.add(Trace.of(description));
    traces.add(Trace.of(version));
    try {
      Path folder = version.toRealPath();
      if (folder.startsWith(root)) {
        addFiles(folder, traces);
      }
    } catch (IOException | UncheckedIOException _) {
      // What can be seen of the directory itself has to do.
    }
    return new Fingerprint(List.copyOf(traces));
  }

  private static void addFiles(Path folder, List<Trace> traces) throws IOException {
    try (Stream<Path> files = Files.walk(folder, MAX_DEPTH)) {
      files.limit(MAX_FILES).sorted().map(Trace::of).forEach(traces::add);
    }
  }

  /** Whether nothing was written since then, as far as the files tell. */
  public boolean settledSince(Instant instant) {
    return newest().map(newest -> newest.toInstant().isBefore(instant)).orElse(false);
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
