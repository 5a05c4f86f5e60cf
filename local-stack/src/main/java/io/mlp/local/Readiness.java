package io.mlp.local;

import io.mlp.local.servers.CannotStartException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Asks the api, as a client would, until it is ready and says of every model that ships what became
 * of it, and the worker until it takes jobs: only then does the first command that a person pastes
 * work. Where no model loads, no worker takes jobs, and that is what there is to say.
 */
final class Readiness implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  private final URI api;
  private final URI worker;
  private final List<ShippedModel> models;

  /**
   * Asks these two.
   *
   * @param worker where its management endpoints are
   */
  Readiness(URI api, URI worker, List<ShippedModel> models) {
    this.api = api;
    this.worker = worker;
    this.models = models;
  }

  /**
   * Returns what the api serves once it is ready.
   *
   * @param atMost how long to wait
   * @param abandoned true when nobody waits any more
   * @throws CannotStartException saying what is missing after that time
   */
  Catalogue await(Duration atMost, BooleanSupplier abandoned) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    Look look = look();
    while (!look.missing().isEmpty() && !abandoned.getAsBoolean()) {
      if (System.nanoTime() - end >= 0) {
        throw CannotStartException.because(
            "Not ready after %d s: %s. Run again with LOCAL_STACK_LOG_LEVEL=INFO to see more."
                .formatted(atMost.toSeconds(), look.missing()));
      }
      Thread.sleep(PAUSE);
      look = look();
    }
    return look.catalogue();
  }

  @Override
  public void close() {
    client.close();
  }

  private Look look() throws InterruptedException {
    Answer health = get(api.resolve("/v2/health/ready"));
    if (health.status() != 200) {
      return new Look("GET %s".formatted(health), Catalogue.EMPTY);
    }
    Answer list = get(api.resolve("/v1/models"));
    Catalogue catalogue = list.status() == 200 ? Catalogue.read(list.body()) : Catalogue.EMPTY;
    List<String> unsettled =
        models.stream().flatMap(model -> catalogue.unsettled(model).stream()).toList();
    if (!unsettled.isEmpty()) {
      return new Look("GET %s with %s".formatted(list, String.join(", ", unsettled)), catalogue);
    }
    return new Look(catalogue.servesAny() ? missingOfWorker() : "", catalogue);
  }

  private String missingOfWorker() throws InterruptedException {
    Answer health = get(worker.resolve("/actuator/health/readiness"));
    return health.status() == 200 ? "" : "GET %s %s".formatted(health, health.body()).strip();
  }

  private Answer get(URI uri) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER).build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(uri, response.statusCode(), response.body());
    } catch (IOException e) {
      return new Answer(uri, 0, "");
    }
  }

  /** What one look found missing, as half a sentence; empty when nothing is. */
  private record Look(String missing, Catalogue catalogue) {}

  /** Status 0 when there was no answer. */
  private record Answer(URI uri, int status, String body) {
    @Override
    public String toString() {
      return uri + (status == 0 ? " does not answer" : " answers " + status);
    }
  }
}
