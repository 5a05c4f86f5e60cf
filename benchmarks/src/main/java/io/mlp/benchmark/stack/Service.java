package io.mlp.benchmark.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of a stack under test; its output goes to a file. */
final class Service implements AutoCloseable {
  private final String name;
  private final Process process;
  private final Path log;

  private Service(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  static Service start(
      String name, Path folder, Path log, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Service service = new Service(name, builder.start(), log);
    Runtime.getRuntime().addShutdownHook(new Thread(service.process::destroy));
    return service;
  }

  long pid() {
    return process.pid();
  }

  void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(name + " ended:\n" + Files.readString(log));
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
