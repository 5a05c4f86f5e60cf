package io.mlp.benchmark.stack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.mlp.benchmark.driver.Answer;
import io.mlp.benchmark.driver.Session;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.springframework.jdbc.core.simple.JdbcClient;

/** MLP as its images run it: one api, one worker, each a process of its own. */
public final class Mlp implements Target {
  private static final byte[] SUCCEEDED = "\"status\":\"succeeded\"".getBytes(US_ASCII);

  /** With the next two, for the management ports. */
  private static final int PORT = 4989;

  private final JdbcClient sql;
  private final Services services;
  private final byte[][] submissions = submissions("");
  private final byte[][] waiting = submissions("Prefer: wait=30\r\n");

  private Mlp(JdbcClient sql, Services services) {
    this.sql = sql;
    this.services = services;
  }

  private static byte[][] submissions(String headers) {
    return Requests.posts(
        "/v1/jobs", headers, "{\"model\":\"digits\",\"inputs\":{\"image\":[%s]}}"::formatted);
  }

  /**
   * Starts both and returns when they serve.
   *
   * @param jvmOptions added to those of the images, for both
   */
  public static Mlp start(Path checkout, SharedServers servers, Path logs, List<String> jvmOptions)
      throws IOException, InterruptedException {
    Map<String, String> environment = environment(servers, checkout.resolve("models"));
    Services services = new Services("mlp", logs, environment);
    Mlp mlp = new Mlp(servers.freshDatabase("mlp_benchmark"), services);
    try {
      mlp.start("api", checkout.resolve("api-service/target"), jvmOptions);
      mlp.await("/v2/health/ready", "\"ready\":true");
      mlp.start("worker", checkout.resolve("worker-service/target"), jvmOptions);
      mlp.await("/v1/models/digits", "\"ready\"");
    } catch (IOException | InterruptedException | RuntimeException e) {
      mlp.close();
      throw e;
    }
    return mlp;
  }

  private static Map<String, String> environment(SharedServers servers, Path models) {
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_HOST", "127.0.0.1");
    environment.put("DATABASE_PORT", Integer.toString(servers.postgresPort()));
    environment.put("DATABASE_SCHEMA", "mlp_benchmark");
    environment.put("DATABASE_USER", "mlp");
    environment.put("DATABASE_PASS", "mlp");
    environment.put("RABBITMQ_HOST", "127.0.0.1");
    environment.put("RABBITMQ_PORT", Integer.toString(servers.amqpPort()));
    environment.put("REDIS_HOST", "127.0.0.1");
    environment.put("REDIS_PORT", Integer.toString(servers.redisPort()));
    environment.put("API_PORT", Integer.toString(PORT));
    environment.put("API_MANAGEMENT_PORT", Integer.toString(PORT + 1));
    environment.put("WORKER_MANAGEMENT_PORT", Integer.toString(PORT + 2));
    environment.put("MODELS_DIRECTORY", models.toString());
    environment.put("ORT_DISABLE_TELEMETRY", "1");
    return environment;
  }

  private void start(String name, Path target, List<String> jvmOptions)
      throws IOException, InterruptedException {
    Path jar = extracted(name, target);
    List<String> command = new ArrayList<>();
    command.add(java());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.addAll(jvmOptions);
    command.add("-jar");
    command.add(jar.toString());
    services.start(name, jar.resolveSibling(""), command);
  }

  /** The jar with its libraries beside it, as in the image. */
  private static Path extracted(String name, Path target) throws IOException, InterruptedException {
    Path jar;
    try (var files = Files.list(target)) {
      jar = files.filter(file -> file.toString().endsWith("-exec.jar")).findFirst().orElseThrow();
    }
    Path folder = target.resolve("benchmark");
    Process process =
        new ProcessBuilder(
                java(),
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--force",
                "--destination",
                folder.toString())
            .inheritIO()
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("The jar of the " + name + " cannot be extracted");
    }
    return folder.resolve(String.valueOf(jar.getFileName()));
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private void await(String path, String text) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      services.await("no %s at %s".formatted(text, path), () -> answer(http, path).contains(text));
    }
  }

  private static String answer(HttpClient http, String path) throws InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + PORT + path);
    try {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException _) {
      return "";
    }
  }

  @Override
  public String name() {
    return "MLP";
  }

  @Override
  public int port() {
    return PORT;
  }

  @Override
  public byte[] submission(int number) {
    return submissions[number % submissions.length];
  }

  @Override
  public Session submitAndWait(Pace pace, LongConsumer latencies) {
    return new Session() {
      private long due;
      private boolean pending;
      private int number;

      @Override
      public Step next(long now) {
        if (!pending) {
          due = pace.next(now);
        }
        if (due == Pace.NEVER) {
          return new Step.Done();
        }
        pending = due > now;
        return pending ? new Step.Wait(due) : new Step.Send(waiting[number++ % waiting.length]);
      }

      @Override
      public void answered(Answer answer, long now) {
        if (answer.status() != 200 || !answer.contains(SUCCEEDED)) {
          throw new IllegalStateException(answer.status() + " " + answer.text());
        }
        latencies.accept(now - due);
      }
    };
  }

  @Override
  public long recorded() {
    return sql.sql("select count(*) from job where status <> 'queued'").query(Long.class).single();
  }

  @Override
  public Map<String, Long> processes() {
    return services.processes();
  }

  @Override
  public void close() {
    services.close();
  }
}
