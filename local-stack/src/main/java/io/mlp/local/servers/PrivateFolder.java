package io.mlp.local.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders that only their owner may enter, where the system can say so: programs run from them. */
final class PrivateFolder {
  private PrivateFolder() {}

  /** Creates the folder, or leaves one that is there as somebody wanted it. */
  static void create(Path path) throws IOException {
    boolean present = Files.isDirectory(path);
    Files.createDirectories(path);
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (!present && view != null) {
      view.setPermissions(PosixFilePermissions.fromString("rwx------"));
    }
  }
}
