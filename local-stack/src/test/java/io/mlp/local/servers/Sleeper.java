package io.mlp.local.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real process under any name that does nothing, in the place of a server. */
record Sleeper(Process process) implements AutoCloseable {
  static Sleeper named(Path program) {
    try {
      Path sleep = Path.of("/bin/sleep").toRealPath();
      Files.createDirectories(program.getParent());
      Files.copy(sleep, program);
      return new Sleeper(new ProcessBuilder(program.toString(), "600").start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  /** As the reaper sees it, which may be before Java has collected the exit code. */
  boolean alive() {
    return ServerProcess.alive(process.toHandle());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
