package io.mlp.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An api that says what a test wants, from the first request or only after some. */
final class FakeApi implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final AtomicInteger silentRequests = new AtomicInteger();

  FakeApi() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  FakeApi answering(String path, String body) {
    answers.put(path, body);
    return this;
  }

  /** Says 503 to the first requests. */
  FakeApi silentFor(int requests) {
    silentRequests.set(requests);
    return this;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = answers.get(exchange.getRequestURI().getPath());
      boolean silent = silentRequests.getAndDecrement() > 0;
      byte[] bytes = (body == null ? "" : body).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(silent ? 503 : body == null ? 404 : 200, bytes.length + 1);
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().write('\n');
    }
  }
}
