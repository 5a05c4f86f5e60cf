package io.mlp.local;

import io.mlp.local.servers.CannotStartException;
import io.mlp.local.servers.Ports;
import io.mlp.local.servers.Servers;
import io.mlp.worker.StopSignals;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Starts PostgreSQL, Redis, an AMQP broker, the api and the worker on loopback, says where they
 * are, and stops them in order at Ctrl-C.
 */
public final class LocalStack {
  private static final Duration SILENCE = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  private final Stopping stopping = new Stopping(PATIENCE);
  private final Progress progress = new Progress(System.out::println, SILENCE);

  private LocalStack() {}

  public static void main(String[] args) throws InterruptedException {
    LocalStack stack = new LocalStack();
    StopSignals.receive(signal -> stack.exit(128 + signal));
    Runtime.getRuntime().addShutdownHook(new Thread(stack::stop));
    stack.startOrExit();
    // Keeps the JVM alive whatever kind of threads the two applications use.
    Thread.currentThread().join();
  }

  private void startOrExit() {
    try {
      start();
    } catch (Stopping.StoppedException e) {
      // Whoever asked for the stop also ends the process.
    } catch (CannotStartException e) {
      fail(e.sentence());
    } catch (Exception e) {
      fail("The local stack cannot start: " + e);
    }
  }

  private void start() throws Exception {
    Checkout checkout = Checkout.locate();
    LocalStackSettings settings = LocalStackSettings.from(System.getenv(), checkout);
    List<ShippedModel> models = ShippedModel.in(settings.models());
    Servers servers = stopping.start(() -> Servers.prepare(settings.servers()));
    Ports.checkFree("API_PORT", settings.apiPort());
    Ports.checkFree("API_MANAGEMENT_PORT", settings.apiManagementPort());
    Ports.checkFree("WORKER_MANAGEMENT_PORT", settings.workerManagementPort());
    run(settings.withPortsChosen(), models, servers);
  }

  private void run(LocalStackSettings settings, List<ShippedModel> models, Servers servers)
      throws Exception {
    startServers(servers);
    Applications applications = new Applications(settings, servers);
    progress.during("Starting the api", () -> stopping.start(applications::startApi));
    progress.during("Starting the worker", () -> stopping.start(applications::startWorker));
    URI api = URI.create("http://127.0.0.1:" + settings.apiPort());
    URI worker = URI.create("http://127.0.0.1:" + settings.workerManagementPort());
    try (Readiness readiness = new Readiness(api, worker, models)) {
      Catalogue catalogue =
          progress.during(
              "Waiting for the models",
              () -> readiness.await(settings.readyWithin(), stopping::requested));
      say(banner(settings, servers, api, catalogue, Example.of(models, catalogue)).text());
    }
  }

  private void startServers(Servers servers) throws Exception {
    if (!servers.reaped().isEmpty()) {
      say("Ended what a killed run had left behind: " + String.join(", ", servers.reaped()));
    }
    progress.during(
        "Starting PostgreSQL, Redis and the AMQP broker; the first time unpacks them",
        () ->
            stopping.start(() -> {
              servers.start();
              return servers;
            }));
  }

  private static Banner banner(
      LocalStackSettings settings,
      Servers servers,
      URI api,
      Catalogue catalogue,
      Optional<Example> example) {
    return new Banner(
        api,
        List.of(
            metrics(settings.apiManagementPort(), "api"),
            metrics(settings.workerManagementPort(), "worker")),
        Banner.lines(servers.postgres()),
        Banner.line(servers.redis()),
        Banner.line(servers.broker()),
        Banner.lines(catalogue),
        settings.servers().folder(),
        Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()),
        example.map(job -> job.curl(api)));
  }

  private static String metrics(int port, String whose) {
    return "http://127.0.0.1:%d/actuator/prometheus (%s)".formatted(port, whose);
  }

  private void say(String text) {
    if (!stopping.requested()) {
      System.out.println(text);
    }
  }

  /** What fails because of a stop is no failure. */
  private void fail(String sentence) {
    if (!stopping.requested()) {
      System.err.println(sentence);
      exit(1);
    }
  }

  private void exit(int code) {
    stop();
    System.exit(code);
  }

  private void stop() {
    try {
      stopping.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
