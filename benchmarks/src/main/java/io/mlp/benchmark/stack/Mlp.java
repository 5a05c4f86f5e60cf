package io.mlp.benchmark.stack;

import static java.lang.ProcessBuilder.Redirect.DISCARD;

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
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.FileSystemUtils;

/** MLP as its images run it: one api, one worker, each a process of its own. */
public final class Mlp implements AutoCloseable {
  /** With the next two, for the management ports. */
  private static final int PORT = 4989;

  /** The name of its database, to which no other stack connects. */
  public static final String DATABASE = "mlp_benchmark";

  /** Each job is sent with it, as clients do. */
  static final String KEY = "mlp_Benchmark0Benchmark0Benchmark0Benchmark0Key";

  private final SingleConnectionDataSource connection;
  private final JdbcClient sql;
  private final Services services;

  private Mlp(SingleConnectionDataSource connection, Services services) {
    this.connection = connection;
    this.sql = JdbcClient.create(connection);
    this.services = services;
  }

  /**
   * Starts both with the shipped models and those of the benchmarks, and returns when they serve.
   *
   * @param logs where its logs go and its models folder is made
   * @param jvmOptions added to those of the images, for both; {@code {service}} in them stands for
   *     {@code api} or {@code worker}
   * @param settings by their environment variables, for both
   */
  public static Mlp start(
      Path checkout,
      SharedServers servers,
      Path logs,
      List<String> jvmOptions,
      Map<String, String> settings)
      throws IOException, InterruptedException {
    Services.requireFree(PORT);
    Map<String, String> environment = environment(servers, models(checkout, logs));
    environment.putAll(settings);
    Services services = new Services("mlp", logs, environment);
    Mlp mlp = new Mlp(servers.freshDatabase(DATABASE), services);
    try {
      mlp.start("api", checkout.resolve("api-service/target"), jvmOptions);
      mlp.await("/v2/health/ready", "\"ready\":true");
      mlp.start("worker", checkout.resolve("worker-service/target"), jvmOptions);
      for (Model model : Model.values()) {
        mlp.await("/v1/models/" + model.label(), "\"ready\"");
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      mlp.close();
      throw e;
    }
    return mlp;
  }

  /** MLP follows no link out of its models folder, so they are copied into one. */
  private static Path models(Path checkout, Path out) throws IOException {
    Path folder = out.toAbsolutePath().resolve("models");
    FileSystemUtils.deleteRecursively(folder);
    FileSystemUtils.copyRecursively(checkout.resolve("models"), folder);
    FileSystemUtils.copyRecursively(checkout.resolve("benchmarks/models"), folder);
    return folder;
  }

  private static Map<String, String> environment(SharedServers servers, Path models) {
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_HOST", "127.0.0.1");
    environment.put("DATABASE_PORT", Integer.toString(servers.postgresPort()));
    environment.put("DATABASE_SCHEMA", DATABASE);
    environment.put("DATABASE_USER", "mlp");
    environment.put("DATABASE_PASS", "mlp");
    environment.put("RABBITMQ_HOST", "127.0.0.1");
    environment.put("RABBITMQ_PORT", Integer.toString(servers.amqpPort()));
    environment.put("REDIS_HOST", "127.0.0.1");
    environment.put("REDIS_PORT", Integer.toString(servers.redisPort()));
    environment.put("API_PORT", Integer.toString(PORT));
    environment.put("MLP_BOOTSTRAP_SUBMIT_KEY", KEY);
    // Whoever looks around is on this machine, and sends none.
    environment.put("API_LOOPBACK_OWNER", "benchmark");
    environment.put("API_MANAGEMENT_PORT", Integer.toString(PORT + 1));
    environment.put("WORKER_MANAGEMENT_PORT", Integer.toString(PORT + 2));
    environment.put("MODELS_DIRECTORY", models.toString());
    environment.put("ORT_DISABLE_TELEMETRY", "1");
    return environment;
  }

  private void start(String name, Path target, List<String> jvmOptions)
      throws IOException, InterruptedException {
    Path jar = extracted(name, target);
    Path cache = jar.resolveSibling("app.aot");
    makeAotCache(name, jar, cache);
    List<String> options = new ArrayList<>();
    options.add("-XX:AOTCache=" + cache);
    jvmOptions.forEach(option -> options.add(option.replace("{service}", name)));
    services.start(name, jar.resolveSibling(""), command(jar, options));
  }

  /** With those options that the images give every run. */
  private static List<String> command(Path jar, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-Xlog:aot*=error");
    command.addAll(options);
    command.add("-jar");
    command.add(jar.toString());
    return command;
  }

  private static void makeAotCache(String name, Path jar, Path cache)
      throws IOException, InterruptedException {
    List<String> training =
        List.of(
            "-XX:AOTCacheOutput=" + cache,
            "-Dspring.context.exit=onRefresh",
            "-Dspring.profiles.active=training");
    run("The AOT cache of the %s cannot be made".formatted(name), command(jar, training));
  }

  private static void run(String otherwise, List<String> command)
      throws IOException, InterruptedException {
    if (new ProcessBuilder(command).redirectOutput(DISCARD).start().waitFor() != 0) {
      throw new IOException("%s: %s".formatted(otherwise, String.join(" ", command)));
    }
  }

  /** The jar with its libraries beside it, as in the image. */
  private static Path extracted(String name, Path target) throws IOException, InterruptedException {
    Path jar;
    try (var files = Files.list(target)) {
      jar = files.filter(file -> file.toString().endsWith("-exec.jar")).findFirst().orElseThrow();
    }
    Path folder = target.resolve("benchmark");
    run(
        "The jar of the %s cannot be extracted".formatted(name),
        List.of(
            java(),
            "-Djarmode=tools",
            "-jar",
            jar.toString(),
            "extract",
            "--force",
            "--destination",
            folder.toString()));
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
    try {
      return send(http, PORT, path).body();
    } catch (IOException _) {
      return "";
    }
  }

  private static HttpResponse<String> send(HttpClient http, int port, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:%d%s".formatted(port, path));
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** What the api answers, which must be a 200. */
  public String get(String path) throws IOException, InterruptedException {
    return get(PORT, path);
  }

  /** What Prometheus would see of the api or the worker. */
  public String metrics(String service) throws IOException, InterruptedException {
    return get(service.equals("api") ? PORT + 1 : PORT + 2, "/actuator/prometheus");
  }

  private static String get(int port, String path) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response = send(http, port, path);
      if (response.statusCode() != 200) {
        throw new IOException("%s: %d %s".formatted(path, response.statusCode(), response.body()));
      }
      return response.body();
    }
  }

  int port() {
    return PORT;
  }

  /** Jobs that are all computed. */
  public Target jobs(Model model) {
    return new MlpJobs(this, model, MlpJobs.Asking.RESULT);
  }

  /**
   * Jobs of all priorities, a tenth of them with a deadline of half a minute, a tenth of them asked
   * for only once.
   */
  public Target mixedJobs(Model model) {
    return new MlpJobs(
        this,
        model,
        number ->
            ",\"priority\":%d%s%s"
                .formatted(
                    number % 10,
                    number % 10 == 3 ? ",\"deadline\":\"PT30S\"" : "",
                    number % 10 == 7 ? ",\"max_attempts\":1" : ""));
  }

  /** Jobs that come before all others. */
  public Target urgentJobs(Model model) {
    return new MlpJobs(this, model, _ -> ",\"priority\":9");
  }

  /** Jobs whose results are put into the cache, or come from there. */
  public Target cachedJobs(Model model) {
    return new MlpJobs(this, model, MlpJobs.Asking.CACHED_RESULT);
  }

  /** Jobs whose results are all in the cache already. */
  public Target hits(Model model) {
    return new MlpJobs(this, model, MlpJobs.Asking.HIT);
  }

  /** At the priority that jobs have unless they ask for another. */
  long unrecorded(Model model) {
    return sql.sql(
            """
            select count(*) from live
            where model_version_id in (select id from model_version where model = ?)
              and priority = 4
            """)
        .param(model.label())
        .query(Long.class)
        .single();
  }

  /** How many rows shared a run, on the average over the runs of the newest jobs. */
  public double meanBatchRows(int jobs) {
    return sql.sql(
            """
            select count(*) / sum(1.0 / batch_rows)
            from (select batch_rows from job order by id desc limit ?) newest
            """)
        .param(jobs)
        .query(Double.class)
        .single();
  }

  /** What the table {@code job} holds, and takes with its indexes. */
  public record Stored(long jobs, long bytes) {}

  public Stored stored() {
    return sql.sql("select count(*) as jobs, pg_total_relation_size('job') as bytes from job")
        .query(Stored.class)
        .single();
  }

  Map<String, Long> processes() {
    return services.processes();
  }

  /** The process id of the api or the worker. */
  public long process(String service) {
    return Objects.requireNonNull(processes().get(service), service);
  }

  @Override
  public void close() {
    services.close();
    connection.close();
  }
}
