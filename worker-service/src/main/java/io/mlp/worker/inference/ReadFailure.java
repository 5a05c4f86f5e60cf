package io.mlp.worker.inference;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Says why a file cannot be read and never where it lies: the message of many an {@link
 * IOException} is an absolute path and nothing else.
 */
public final class ReadFailure {
  private ReadFailure() {}

  /** The end of a sentence that begins with the file. */
  public static String why(IOException e) {
    return switch (e) {
      case AccessDeniedException _ ->
          "permission denied (expected: readable by the worker's user, %s)".formatted(user());
      case NoSuchFileException _ -> "it does not exist";
      case FileSystemException at when at.getReason() != null -> at.getReason();
      case FileSystemException _ -> e.getClass().getSimpleName();
      default -> String.valueOf(e.getMessage());
    };
  }

  /** Its number, for in a container most users have no name. */
  private static String user() {
    try {
      return "uid " + Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException | RuntimeException _) {
      return System.getProperty("user.name", "unknown");
    }
  }
}
