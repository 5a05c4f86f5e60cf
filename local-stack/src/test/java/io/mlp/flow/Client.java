package io.mlp.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the api over HTTP, with connections of its own. */
public final class Client implements AutoCloseable {
  private static final Set<String> UNFINISHED = Set.of("queued", "running");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI api;

  public Client(int port) {
    this.api = URI.create("http://127.0.0.1:" + port);
  }

  /** An answer, read to its end. */
  public record Answer(HttpResponse<byte[]> response) {
    public int status() {
      return response.statusCode();
    }

    public Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }

    byte[] bytes() {
      return response.body();
    }

    public String text() {
      return new String(response.body(), UTF_8);
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(response.body());
    }
  }

  /** The same api over connections that nobody else uses. */
  Client another() {
    return new Client(api.getPort());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(api.resolve(path)).timeout(Duration.ofSeconds(60));
  }

  Answer send(HttpRequest request) {
    try {
      return new Answer(http.send(request, BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public Answer get(String path, String... headers) {
    HttpRequest.Builder request = request(path);
    return send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  /** Submits a job. */
  public Answer post(String body, String... headers) {
    HttpRequest.Builder request =
        request("/v1/jobs")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    return send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  /** Asks for something to be done to a job: {@code cancel} or {@code retry}. */
  Answer act(UUID id, String action) {
    return send(
        request("/v1/jobs/%s/%s".formatted(id, action)).POST(BodyPublishers.noBody()).build());
  }

  /** Deletes a job. */
  Answer delete(UUID id) {
    return send(request("/v1/jobs/" + id).DELETE().build());
  }

  /** Submits a job that must be accepted, and does not wait for it. */
  public UUID submit(String body) {
    Answer answer = post(body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    return UUID.fromString(answer.json().path("id").asString());
  }

  /** Submits a job and waits for its end in the same request. */
  JsonNode run(String body) {
    Answer answer = post(body, "Prefer", "wait=30");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  JsonNode job(UUID id) {
    return get("/v1/jobs/" + id).json();
  }

  /** Asks for the job again and again until it has ended. */
  public JsonNode awaitEnd(UUID id) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> job(id), job -> !UNFINISHED.contains(job.path("status").asString()));
  }

  /** Does the same with every item, so many at a time; the answers are in the items' order. */
  static <A, B> List<B> sideBySide(int clients, List<A> items, Function<A, B> action) {
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<CompletableFuture<B>> answers =
          items.stream()
              .map(item -> CompletableFuture.supplyAsync(() -> action.apply(item), threads))
              .toList();
      return answers.stream().map(CompletableFuture::join).toList();
    }
  }

  /** The elements of an output. */
  static JsonNode output(JsonNode job, String name) {
    for (JsonNode output : job.path("outputs")) {
      if (output.path("name").asString().equals(name)) {
        return output.path("data");
      }
    }
    throw new AssertionError("no output %s in %s".formatted(name, job));
  }

  @Override
  public void close() {
    http.close();
  }
}
