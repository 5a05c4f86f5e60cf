package io.mlp.benchmark.stack;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The processes of a stack under test, with the environment that they share. */
final class Services implements AutoCloseable {
  private static final Duration MOST = Duration.ofMinutes(2);

  private final String stack;
  private final Path logs;
  private final Map<String, String> environment;
  private final Map<String, Service> services = new LinkedHashMap<>();

  /**
   * None yet.
   *
   * @param logs the folder to which each writes what it prints
   */
  Services(String stack, Path logs, Map<String, String> environment) {
    this.stack = stack;
    this.logs = logs;
    this.environment = environment;
  }

  /**
   * Makes sure that what is going to listen there can.
   *
   * @throws IOException if something does already: it would be measured in the other's place
   */
  static void requireFree(int port) throws IOException {
    try {
      new ServerSocket(port).close();
    } catch (BindException e) {
      throw new IOException("Something listens on port %d already".formatted(port), e);
    }
  }

  void start(String name, Path folder, List<String> command) throws IOException {
    Path log = logs.resolve(stack + "-" + name + ".log");
    services.put(name, Service.start(stack + "'s " + name, folder, log, environment, command));
  }

  /** What is waited for. */
  interface Condition {
    boolean holds() throws InterruptedException;
  }

  /**
   * Waits for something that the processes bring about.
   *
   * @throws IOException if one ends meanwhile, or it takes too long
   */
  void await(String what, Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + MOST.toNanos();
    while (!condition.holds()) {
      for (Service service : services.values()) {
        service.requireAlive();
      }
      if (System.nanoTime() > end) {
        throw new IOException("%s: %s after %s".formatted(stack, what, MOST));
      }
      Thread.sleep(100);
    }
  }

  Map<String, Long> processes() {
    Map<String, Long> processes = new LinkedHashMap<>();
    services.forEach((name, service) -> processes.put(name, service.pid()));
    return processes;
  }

  @Override
  public void close() {
    services.values().forEach(Service::close);
  }
}
