package io.mlp.flow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests that no client library sends: each gets the status that was written down before it was
 * tried, none a 5xx, and every refusal is a problem. What could be read as two requests by a proxy
 * and by this server ends its connection.
 */
@ExtendWith(SharedStack.class)
class RawRequestsIT {
  private static final String JOB =
      "{\"model\":\"iris\",\"inputs\":{\"features\":[[5.1,3.5,1.4,0.2]]}}";
  private static final String HOST = "Host: localhost\r\n";
  private static final String POST =
      "POST /v1/jobs HTTP/1.1\r\n" + HOST + "Content-Type: application/json\r\n";

  private final Stack stack;

  RawRequestsIT(Stack stack) {
    this.stack = stack;
  }

  /**
   * What is sent.
   *
   * @param ends whether the connection ends behind the answer
   */
  record Raw(String name, String request, int status, boolean ends) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Raw get(String name, String line, int status) {
    return new Raw(name, line + "\r\n" + HOST + "\r\n", status, status == 400);
  }

  private static Raw header(String name, String header, int status) {
    return new Raw(
        name, "GET /v1/queues HTTP/1.1\r\n" + HOST + header + "\r\n\r\n", status, status == 400);
  }

  private static Raw body(String name, String headersAndBody, int status, boolean ends) {
    return new Raw(name, POST + headersAndBody, status, ends);
  }

  private static String chunk(String size) {
    return "Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n" + JOB + "\r\n0\r\n\r\n";
  }

  static Stream<Raw> requests() {
    String length = "Content-Length: %d\r\n".formatted(JOB.length());
    String hex = Integer.toHexString(JOB.length());
    return Stream.of(
        // Two lengths
        body("two lengths that differ", length + "Content-Length: 5\r\n\r\n" + JOB, 400, true),
        body("a list of two lengths", "Content-Length: 5, 6\r\n\r\n" + JOB, 400, true),
        body("a length and chunks", length + chunk(hex), 202, true),
        body("a length below zero", "Content-Length: -1\r\n\r\n" + JOB, 400, true),
        body("a length with a sign", "Content-Length: +5\r\n\r\n" + JOB, 400, true),
        body("a length that is none", "Content-Length: ten\r\n\r\n" + JOB, 400, true),
        body("a length beyond 63 bits", "Content-Length: 99999999999999999999\r\n\r\n", 400, true),
        body("a length beyond the limit", "Content-Length: 10485761\r\n\r\n", 413, true),
        // Chunks
        body("chunks", chunk(hex), 202, false),
        body("a coding that nobody has", "Transfer-Encoding: xchunked\r\n\r\n", 501, true),
        body("chunked, but not last", "Transfer-Encoding: chunked, gzip\r\n\r\n", 400, true),
        body("a space before the colon", "Transfer-Encoding : chunked\r\n\r\n", 400, true),
        body("a size with 0x", chunk("0x" + hex), 400, true),
        body("a size below zero", chunk("-5"), 400, true),
        body("a size beyond 31 bits", chunk("fffffffff"), 400, true),
        body("an extension of 10 KB", chunk(hex + ";x=" + "x".repeat(10_000)), 400, true),
        body(
            "a trailer of 10 KB",
            chunk(hex).replaceAll("\r\n$", "X-Trailer: " + "x".repeat(10_000) + "\r\n\r\n"),
            400,
            true),
        body("a chunk longer than its size", chunk("3"), 400, true),
        // Hosts and versions
        new Raw("no host", "GET /v1/queues HTTP/1.1\r\n\r\n", 400, true),
        header("two hosts", "Host: other", 400),
        new Raw("HTTP/1.0 without a host", "GET /v2/health/live HTTP/1.0\r\n\r\n", 200, true),
        get("an absolute URI", "GET http://localhost/v1/queues HTTP/1.1", 200),
        get("an absolute URI of another host", "GET http://other/v1/queues HTTP/1.1", 400),
        get("HTTP/3.0", "GET /v1/queues HTTP/3.0", 505),
        // Methods and paths
        get("a method in small letters", "get /v1/queues HTTP/1.1", 405),
        get("a method that nobody has", "FROB /v1/queues HTTP/1.1", 405),
        get("TRACE", "TRACE /v1/queues HTTP/1.1", 405),
        get("a slash at the end", "GET /v1/queues/ HTTP/1.1", 404),
        get("two slashes", "GET //v1/queues HTTP/1.1", 404),
        get("a semicolon", "GET /v1/queues;x=1 HTTP/1.1", 404),
        get("an encoded slash", "GET /v1%2fqueues HTTP/1.1", 400),
        get("a backslash", "GET /v1\\queues HTTP/1.1", 400),
        get("two dots", "GET /docs/../v1/queues HTTP/1.1", 404),
        get("two encoded dots", "GET /docs/%2e%2e/v1/queues HTTP/1.1", 404),
        get("two dots beyond the root", "GET /../../etc/passwd HTTP/1.1", 400),
        get("an encoded NUL", "GET /v1/queues%00 HTTP/1.1", 400),
        get("a path of 10 KB", "GET /" + "x".repeat(10_000) + " HTTP/1.1", 400),
        get("a fragment", "GET /v1/queues#x HTTP/1.1", 400),
        // Headers
        header("a header of 10 KB", "X-Large: " + "x".repeat(10_000), 400),
        header("200 headers", "X-Many: 1\r\n".repeat(200) + "X-Last: 1", 400),
        header("a NUL in a header", "X-Nul: a\u0000b", 400),
        header("a line of a header that goes on", "X-Folded: a\r\n b", 200),
        header("a header without a colon", "Nonsense", 400),
        header("another expectation", "Expect: miracles", 417),
        header("a method in a header", "X-HTTP-Method-Override: DELETE", 200));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void getTheStatusThatIsDue(Raw raw) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(raw.request.getBytes(ISO_8859_1));
      String answer = answer(socket);
      assertThat(answer).startsWith("HTTP/1.1 " + raw.status + " ");
      assertThat(answer.toLowerCase(Locale.ROOT).contains("\r\nconnection: close\r\n"))
          .as(answer)
          .isEqualTo(raw.ends);
      if (raw.status >= 400) {
        assertIsAProblem(answer, raw.status);
      }
    }
    assertThat(stack.client().get("/v2/health/live").status()).isEqualTo(200);
  }

  /** They are no HTTP/1, so their answers need not be: no more than a problem comes, or nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/queues\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
      })
  void endTheConnection_whenTheyAreOfAnotherProtocol(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      String answer = all(socket);
      if (!answer.isEmpty()) {
        assertThat(JsonMapper.shared().readTree(answer).path("status").asInt()).isEqualTo(400);
      }
    }
  }

  /** Two requests, one behind the other before any was answered: two answers, in their order. */
  @Test
  void arePipelined() throws IOException {
    try (Socket socket = connect()) {
      String first = "GET /v1/queues HTTP/1.1\r\n" + HOST + "X-Request-Id: one\r\n\r\n";
      String second =
          "GET /v1/nothing HTTP/1.1\r\n" + HOST + "X-Request-Id: two\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write((first + second).getBytes(ISO_8859_1));

      String answers = all(socket);
      assertThat(answers.indexOf("X-Request-Id: one")).isPositive();
      assertThat(answers.indexOf("X-Request-Id: two")).isGreaterThan(answers.indexOf("one"));
      assertThat(answers.split("HTTP/1.1 ", -1)).hasSize(3);
    }
  }

  private static void assertIsAProblem(String answer, int status) {
    assertThat(answer).contains("application/problem+json").contains("Problem-Type: urn:mlp:");
    JsonNode problem =
        JsonMapper.shared().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(answer).contains("X-Request-Id: " + problem.path("request_id").asString());
    assertThat(answer.toLowerCase(Locale.ROOT))
        .doesNotContain("tomcat", "apache", "exception", "\tat ");
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), stack.api().port());
    socket.setSoTimeout(15_000);
    return socket;
  }

  /** One answer, by its length. */
  private static String answer(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    String text = head.toString();
    if (text.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
      StringBuilder body = new StringBuilder();
      for (int size = size(socket); size > 0; size = size(socket)) {
        body.append(new String(socket.getInputStream().readNBytes(size), ISO_8859_1));
        line(socket);
      }
      return text + body;
    }
    int length =
        Arrays.stream(text.split("\r\n"))
            .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
            .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
            .findFirst()
            .orElse(0);
    return text + new String(socket.getInputStream().readNBytes(length), ISO_8859_1);
  }

  private static int size(Socket socket) throws IOException {
    return Integer.parseInt(line(socket), 16);
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.getInputStream().read(); next != '\n'; ) {
      line.append((char) next);
      next = socket.getInputStream().read();
    }
    return line.toString().strip();
  }

  private static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }
}
