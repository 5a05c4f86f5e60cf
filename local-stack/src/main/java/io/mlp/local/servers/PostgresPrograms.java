package io.mlp.local.servers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * The folder that the library unpacks PostgreSQL's programs into. It cannot go on with what an
 * earlier run was killed in the middle of, so that is removed here, unless somebody is at it now.
 */
final class PostgresPrograms {
  /** The library's own files: the first while it unpacks, the second once it is done. */
  private static final String UNPACKING = "epg-lock";

  private static final String UNPACKED = ".exists";

  private PostgresPrograms() {}

  /** Creates the folder where needed and leaves nothing half unpacked in it. */
  static Path prepare(Path binaries) throws IOException {
    PrivateFolder.create(binaries);
    // The library opens the folder it unpacks into to everybody; the one around it stays shut.
    Path folder = Files.createDirectories(binaries.resolve("postgres"));
    for (Path programs : children(folder)) {
      if (Files.isDirectory(programs) && !Files.exists(programs.resolve(UNPACKED))) {
        removeUnlessLocked(programs);
      }
    }
    return folder;
  }

  private static void removeUnlessLocked(Path programs) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                programs.resolve(UNPACKING), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        FileSystemUtils.deleteRecursively(programs);
      }
    } catch (OverlappingFileLockException e) {
      // Being unpacked by another thread.
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }
}
