package io.mlp.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.local.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The servers of {@code config/test-servers}, which can be stopped, killed and frozen. */
final class RealServers {
  private final Path script = Checkout.locate().root().resolve("config/test-servers");

  /** One of the three. */
  enum Server {
    POSTGRES,
    RABBITMQ,
    REDIS;

    private String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  void stop(Server server) {
    run("stop", server.word());
  }

  /** Returns when it answers; its data and port are those of before. */
  void start(Server server) {
    run("start", server.word());
  }

  void restart(Server server) {
    stop(server);
    start(server);
  }

  /** As a machine that fails does it. */
  void kill(Server server) {
    run("signal", "KILL", server.word());
  }

  /** It no longer does anything, but its connections stay open. */
  void freeze(Server server) {
    run("signal", "STOP", server.word());
  }

  void thaw(Server server) {
    run("signal", "CONT", server.word());
  }

  /** RabbitMQ takes no message while it believes that memory is short. */
  void raiseMemoryAlarm() {
    run("rabbitmqctl", "set_vm_memory_high_watermark", "absolute", "1");
  }

  void endMemoryAlarm() {
    run("rabbitmqctl", "set_vm_memory_high_watermark", "0.4");
  }

  /**
   * How long RabbitMQ waits for the acknowledgement of a message, on channels that are opened from
   * now on.
   */
  void consumerTimeout(Duration timeout) {
    run(
        "rabbitmqctl",
        "eval",
        "application:set_env(rabbit, consumer_timeout, %d), application:set_env(rabbit, channel_tick_interval, %d)."
            .formatted(timeout.toMillis(), Math.min(60_000, timeout.toMillis() / 2)));
  }

  /** Queues apart from all others, until they are dropped again. */
  void addVirtualHost(String name, String user) {
    run("rabbitmqctl", "add_vhost", name);
    run("rabbitmqctl", "set_permissions", "--vhost", name, user, ".*", ".*", ".*");
  }

  void dropVirtualHost(String name) {
    run("rabbitmqctl", "delete_vhost", name);
  }

  /** A folder on a disk of 128 MB, which PostgreSQL may write to. */
  String smallDisk() {
    return run("small-disk").strip();
  }

  private String run(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(script.toString());
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException("%s: %d%n%s".formatted(command, status, output));
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
