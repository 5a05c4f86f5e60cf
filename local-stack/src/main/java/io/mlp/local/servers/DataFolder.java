package io.mlp.local.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A folder that one running stack at a time owns. The operating system drops the ownership with the
 * process, however it ends, so a folder is never locked by nobody.
 */
final class DataFolder implements AutoCloseable {
  /** Beyond the text: a locked byte cannot be read by others on every system, the text must be. */
  private static final long LOCKED_BYTE = 1L << 30;

  private final Path path;
  private final FileChannel owner;

  private DataFolder(Path path, FileChannel owner) {
    this.path = path;
    this.owner = owner;
  }

  /**
   * Creates the folder where needed and owns it from now on.
   *
   * @throws CannotStartException if it cannot be written, or a running stack owns it
   */
  static DataFolder own(Path folder) {
    Path path = folder.toAbsolutePath().normalize();
    FileChannel owner = open(path);
    try {
      if (lock(owner) == null) {
        throw runsAlready(path, owner);
      }
      owner.truncate(0).write(utf8(Long.toString(ProcessHandle.current().pid())), 0);
      return new DataFolder(path, owner);
    } catch (IOException e) {
      throw notWritable(path, e);
    }
  }

  Path path() {
    return path;
  }

  Path file(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() {
    try {
      owner.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileChannel open(Path path) {
    try {
      PrivateFolder.create(path);
      return FileChannel.open(
          path.resolve("owner"),
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw notWritable(path, e);
    }
  }

  private static @Nullable FileLock lock(FileChannel owner) throws IOException {
    try {
      return owner.tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static CannotStartException runsAlready(Path path, FileChannel owner) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(64);
    owner.read(text, 0);
    owner.close();
    return CannotStartException.because(
        "A local stack already runs on %1$s (process %2$s): use that one, stop it with Ctrl-C or kill %2$s, or give this one a folder and ports of its own with LOCAL_STACK_DATA, API_PORT, API_MANAGEMENT_PORT and WORKER_MANAGEMENT_PORT."
            .formatted(path, StandardCharsets.UTF_8.decode(text.flip())));
  }

  private static CannotStartException notWritable(Path path, IOException cause) {
    return CannotStartException.because(
        "The data folder %s cannot be written (%s): make it writable, or name another one with LOCAL_STACK_DATA."
            .formatted(path, cause.getClass().getSimpleName()),
        cause);
  }

  private static ByteBuffer utf8(String text) {
    return StandardCharsets.UTF_8.encode(text);
  }
}
