package io.mlp.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients as they should be: each submission has a key and is sent again, to whichever api answers,
 * until it is accepted.
 */
final class Clients implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final IntSupplier api;
  private final Rows rows;
  private final Map<UUID, Rows.Row> accepted = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicInteger replayed = new AtomicInteger();
  private final AtomicLong longestNanos = new AtomicLong();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private volatile boolean submitting = true;

  /**
   * Starts to submit.
   *
   * @param api the port to try next
   * @param pause of each client between two submissions
   */
  Clients(IntSupplier api, Rows rows, int count, Duration pause) {
    this.api = api;
    this.rows = rows;
    for (int i = 0; i < count; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                while (submitting) {
                  submit();
                  Chaos.pause(pause);
                }
              }));
    }
  }

  private void submit() {
    Rows.Row row = rows.get(next.getAndIncrement());
    String key = UUID.randomUUID().toString();
    long began = System.nanoTime();
    while (true) {
      Optional<UUID> id = send(row, key);
      if (id.isPresent()) {
        accepted.put(id.get(), row);
        longestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
        return;
      }
      Chaos.pause(Duration.ofMillis(300));
    }
  }

  private Optional<UUID> send(Rows.Row row, String key) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.getAsInt() + "/v1/jobs"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", '"' + key + '"')
            .POST(BodyPublishers.ofString(row.job()))
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      if (answer.statusCode() == 503) {
        refused.incrementAndGet();
        return Optional.empty();
      }
      if (answer.statusCode() != 202 && answer.statusCode() != 200) {
        wrong.add(answer.statusCode() + " " + new String(answer.body(), UTF_8));
        return Optional.empty();
      }
      if (answer.headers().firstValue("Idempotency-Replayed").isPresent()) {
        replayed.incrementAndGet();
      }
      String id = JsonMapper.shared().readTree(answer.body()).path("id").asString();
      return Optional.of(UUID.fromString(id));
    } catch (IOException _) {
      unanswered.incrementAndGet();
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Submits no more, and returns when what was begun is accepted.
   *
   * @throws AssertionError if that takes too long, or if an api gave another answer than it should
   */
  void finish() throws InterruptedException {
    submitting = false;
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofMinutes(2))) {
        throw new AssertionError("a submission was not accepted within two minutes: " + wrong);
      }
    }
    if (!wrong.isEmpty()) {
      throw new AssertionError("neither accepted nor refused with 503: " + wrong);
    }
  }

  /** What each accepted job was to compute. */
  Map<UUID, Rows.Row> accepted() {
    return accepted;
  }

  /** How many have been accepted so far. */
  int count() {
    return accepted.size();
  }

  @Override
  public String toString() {
    return "%d accepted, the slowest after %.1f s; on the way %d times refused with 503, %d times without an answer, %d keys replayed"
        .formatted(
            count(), longestNanos.get() / 1e9, refused.get(), unanswered.get(), replayed.get());
  }

  @Override
  public void close() {
    submitting = false;
    threads.forEach(Thread::interrupt);
    http.close();
  }
}
