package io.mlp.local.servers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import redis.embedded.core.ExecutableProvider;

/** A real Redis that keeps nothing and evicts the least recently used keys beyond 256 MB. */
public final class RedisServer implements AutoCloseable {
  static final String PID_FILE = "redis.pid";

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("windows");

  private final Path folder;
  private final int port;
  private final Process launcher;

  private RedisServer(Path folder, int port, Process launcher) {
    this.folder = folder;
    this.port = port;
    this.launcher = launcher;
  }

  static RedisServer start(DataFolder folder, int port) {
    Path log = folder.file("redis.log");
    try {
      Files.deleteIfExists(log);
      Process launcher = new ProcessBuilder(command(folder, port)).start();
      RedisServer server = new RedisServer(folder.path(), port, launcher);
      if (!Waiting.until(PATIENCE, server::answers)) {
        server.close();
        throw CannotStartException.because("Redis did not start (see %s).".formatted(log));
      }
      return server;
    } catch (IOException e) {
      throw CannotStartException.because("Redis did not start: " + e.getMessage() + ".", e);
    }
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  /** The server's process, for tests that freeze or kill it; empty once it has ended. */
  public Optional<ProcessHandle> process() {
    return WINDOWS
        ? Optional.of(launcher.toHandle()).filter(ProcessHandle::isAlive)
        : ServerProcess.ofRedis(folder).flatMap(ServerProcess::running);
  }

  @Override
  public void close() {
    process().ifPresent(Ending::ofRedis);
  }

  private static List<String> command(DataFolder folder, int port) throws IOException {
    String executable =
        ExecutableProvider.newJarResourceProvider(folder.path().toFile()).get().getPath();
    List<String> command = new ArrayList<>(List.of(executable, "--port", Integer.toString(port)));
    command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
    command.addAll(List.of("--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"));
    command.addAll(List.of("--dir", folder.path().toString()));
    command.addAll(List.of("--logfile", folder.file("redis.log").toString()));
    if (!WINDOWS) {
      // As a daemon it leaves the terminal's process group, so Ctrl-C does not end it first.
      command.addAll(List.of("--daemonize", "yes", "--pidfile", folder.file(PID_FILE).toString()));
    }
    return command;
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout((int) ANSWER.toMillis());
      socket.connect(new InetSocketAddress(host(), port), (int) ANSWER.toMillis());
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(5);
      return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }
}
