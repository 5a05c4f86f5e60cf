package io.mlp.flow;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** Takes spans as a collector does, by OTLP over HTTP. */
final class SpanReceiver implements AutoCloseable {
  private final HttpServer server;
  private final Collection<Seen> seen = new ConcurrentLinkedQueue<>();

  /**
   * A span, and the service that sent it.
   *
   * @param links to spans, by their ids
   */
  record Seen(
      String service,
      String traceId,
      String id,
      String parent,
      String name,
      long start,
      long end,
      List<String> links,
      Map<String, String> attributes) {
    static Seen of(String service, Span span) {
      return new Seen(
          service,
          hex(span.getTraceId().toByteArray()),
          hex(span.getSpanId().toByteArray()),
          hex(span.getParentSpanId().toByteArray()),
          span.getName(),
          span.getStartTimeUnixNano(),
          span.getEndTimeUnixNano(),
          span.getLinksList().stream().map(link -> hex(link.getSpanId().toByteArray())).toList(),
          texts(span.getAttributesList()));
    }

    private static String hex(byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
      return "%-11s %-12s %-16s below %-16s %9.3f ms  %s%s"
          .formatted(
              service,
              name,
              id,
              parent.isEmpty() ? "none" : parent,
              (end - start) / 1e6,
              attributes,
              links.isEmpty() ? "" : " linked to " + links);
    }
  }

  SpanReceiver() throws IOException {
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::receive);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:%d/v1/traces".formatted(server.getAddress().getPort());
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      ExportTraceServiceRequest request =
          ExportTraceServiceRequest.parseFrom(exchange.getRequestBody().readAllBytes());
      for (ResourceSpans resource : request.getResourceSpansList()) {
        String service =
            texts(resource.getResource().getAttributesList()).getOrDefault("service.name", "");
        resource
            .getScopeSpansList()
            .forEach(
                scope -> scope.getSpansList().forEach(span -> seen.add(Seen.of(service, span))));
      }
      exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static Map<String, String> texts(List<KeyValue> pairs) {
    return pairs.stream()
        .collect(
            Collectors.toMap(
                KeyValue::getKey,
                pair ->
                    pair.getValue().hasIntValue()
                        ? Long.toString(pair.getValue().getIntValue())
                        : pair.getValue().getStringValue()));
  }

  List<Seen> all() {
    return List.copyOf(seen);
  }

  List<Seen> of(String traceId) {
    return seen.stream().filter(span -> span.traceId.equals(traceId)).toList();
  }

  /** Waits until a trace has so many spans of that name: they are exported some time later. */
  List<Seen> await(String traceId, String name, int count) {
    return Awaitility.await()
        .until(
            () -> of(traceId).stream().filter(span -> span.name.equals(name)).toList(),
            named -> named.size() >= count);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
