package io.mlp.flow;

import static org.awaitility.Awaitility.await;

import io.mlp.api.ApiApplication;
import io.mlp.local.servers.Ports;
import io.mlp.worker.WorkerApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The api or a worker as a process of its own, which a test may kill and freeze. It runs the
 * service's own {@code main} on the class path of the tests; what it prints is in {@code
 * target/processes}.
 */
public final class ServiceProcess implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final Path LOGS = Path.of("target", "processes");

  private final Process process;
  private final Path log;
  private final int port;
  private final int managementPort;
  private final HttpClient http = HttpClient.newHttpClient();

  private ServiceProcess(Process process, Path log, int port, int managementPort) {
    this.process = process;
    this.log = log;
    this.port = port;
    this.managementPort = managementPort;
  }

  /**
   * How a process is to be started.
   *
   * @param environment variables beside those of the tests
   * @param properties Spring's, which win over the environment
   */
  public record Launch(
      String name, Class<?> main, Map<String, String> environment, Map<String, String> properties) {

    /** The same with one more environment variable. */
    public Launch with(String variable, String value) {
      Map<String, String> more = new LinkedHashMap<>(environment);
      more.put(variable, value);
      return new Launch(name, main, more, properties);
    }

    /** The same with one more property. */
    public Launch withProperty(String property, String value) {
      Map<String, String> more = new LinkedHashMap<>(properties);
      more.put(property, value);
      return new Launch(name, main, environment, more);
    }

    /** Starts it and does not wait until it is ready. */
    public ServiceProcess start() {
      try {
        return ServiceProcess.start(this);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** An api, which brings the schema into its database. */
  public static Launch api(Backends servers, Database database) {
    return launch("api", ApiApplication.class, servers, database)
        .withProperty("management.server.address", "127.0.0.1");
  }

  /** A worker that serves the shipped models, unless {@code MODELS_DIRECTORY} names others. */
  public static Launch worker(Backends servers, Database database) {
    return launch("worker", WorkerApplication.class, servers, database)
        .withProperty("spring.autoconfigure.exclude", Application.NOT_FOR_WORKERS)
        .with("MODELS_DIRECTORY", Application.SHIPPED_MODELS);
  }

  private static Launch launch(String name, Class<?> main, Backends servers, Database database) {
    Map<String, String> properties = new LinkedHashMap<>(servers.springProperties());
    properties.put("spring.datasource.url", database.url());
    properties.put("spring.config.name", name);
    properties.put("server.address", "127.0.0.1");
    properties.put("logging.level.io.mlp", "INFO");
    return new Launch(name, main, Map.of(), properties);
  }

  private static ServiceProcess start(Launch launch) throws IOException {
    Path log = LOGS.resolve(launch.name + "-" + NUMBER.incrementAndGet() + ".log").toAbsolutePath();
    Files.createDirectories(log.getParent());
    int port = Ports.chosen(0);
    // A worker serves nothing but its management endpoints.
    int managementPort = launch.main == WorkerApplication.class ? port : Ports.chosen(0);
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(java(log)));
    builder.command().addAll(List.of(LeashedMain.class.getName(), launch.main.getName()));
    builder
        .command()
        .addAll(List.of("--server.port=" + port, "--management.server.port=" + managementPort));
    launch.properties.forEach((name, value) -> builder.command().add("--" + name + "=" + value));
    // The class path is longer than a command line should be.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    builder.environment().putAll(launch.environment);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new ServiceProcess(builder.start(), log, port, managementPort);
  }

  /** A small JVM that starts soon; what it says when it crashes lies beside its log. */
  private static List<String> java(Path log) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-CreateCoredumpOnCrash",
        "-XX:ErrorFile=" + log.resolveSibling(log.getFileName() + ".crash"));
  }

  public long pid() {
    return process.pid();
  }

  /** Where the service itself listens; a worker has only the management port. */
  public int port() {
    return port;
  }

  public int managementPort() {
    return managementPort;
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** Everything that it has printed. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until its readiness probe says so; a process that ends meanwhile is an error. */
  public ServiceProcess awaitReady() {
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> {
          if (!alive()) {
            throw new AssertionError("it ended with %d:%n%s".formatted(process.exitValue(), log()));
          }
          return health("readiness") == 200;
        });
    return this;
  }

  /** The status of {@code readiness} or {@code liveness}; 0 if it does not answer. */
  public int health(String probe) {
    return get("/actuator/health/" + probe).map(HttpResponse::statusCode).orElse(0);
  }

  /**
   * The sum of a metric's samples over all labels, or that with the labels that follow the name; 0
   * while there are none.
   */
  public double metric(String name) {
    return get("/actuator/prometheus")
        .map(answer ->
            answer
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum())
        .orElse(0.0);
  }

  private Optional<HttpResponse<String>> get(String path) {
    URI uri = URI.create("http://127.0.0.1:%d%s".formatted(managementPort, path));
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
    try {
      return Optional.of(http.send(request, BodyHandlers.ofString()));
    } catch (IOException _) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills it as a machine that fails does: nothing of it runs any more. */
  public ServiceProcess kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
    return this;
  }

  /** Asks it to stop, as an orchestrator does first. */
  public ServiceProcess terminate() {
    signal("TERM");
    return this;
  }

  /** Stops its threads where they are; its connections stay open. */
  public ServiceProcess freeze() {
    signal("STOP");
    return this;
  }

  public ServiceProcess thaw() {
    signal("CONT");
    return this;
  }

  private void signal(String name) {
    try {
      int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("kill -%s %d: %d".formatted(name, pid(), status));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits for its end and returns its exit code: 128 + n for one that signal n ended. */
  public int awaitExit(Duration most) {
    try {
      if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("it still runs after %s:%n%s".formatted(most, log()));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
    http.close();
  }
}
