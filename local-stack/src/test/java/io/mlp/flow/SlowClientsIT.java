package io.mlp.flow;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clients that keep a connection busy and hardly move: each loses it, and harms nobody. */
@ExtendWith(SharedStack.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowClientsIT {
  /** The grace of a second, and what the watch and a busy machine may take. */
  private static final Duration SOON = Duration.ofSeconds(8);

  private static final String JOB = "{\"model\": \"idle\", \"inputs\": {\"x\": [[1]]}}";

  /** What no buffer between the api and its client takes. */
  private static final int HUGE = 8 << 20;

  private final Database database;
  private final ServiceProcess api;
  private final int version;

  SlowClientsIT(Backends servers, Database database) {
    this.database = database;
    this.api =
        ServiceProcess.api(servers, database)
            .with("API_CLIENT_GRACE", "1s")
            .with("API_CLIENT_PACE", "8KB")
            .with("API_MODELS_REFRESH", "100ms")
            .start()
            .awaitReady();
    this.version = IdleModel.register(database, "idle");
  }

  @AfterAll
  void close() {
    api.close();
    database.sql().sql("delete from live").update();
  }

  @Test
  void loseTheirConnection_inTheHeaders() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "GET /v1/jobs HTTP/1.1\r\nHost: localhost\r\n");
      sendSlowly(socket, "X-Slow: " + "x".repeat(200));

      assertEnded(socket);
    }
    assertThat(ended("headers")).isPositive();
  }

  @Test
  void getA408_inTheBody() throws Exception {
    try (Socket socket = connect()) {
      send(socket, head("POST", "/v1/jobs", 100_000));
      sendSlowly(socket, JOB);

      String answer = readAll(socket);
      assertThat(answer)
          .startsWith("HTTP/1.1 408")
          .contains("application/problem+json", "urn:mlp:problem:request-timeout");
    }
  }

  /** Of whom nothing comes any more, not even slowly. */
  @Test
  void getA408_whenTheyFallSilent() throws Exception {
    try (Socket socket = connect()) {
      send(socket, head("POST", "/v1/jobs", 100_000) + "{\"model\":");

      assertThat(readAll(socket))
          .startsWith("HTTP/1.1 408")
          .contains("application/problem+json", "urn:mlp:problem:request-timeout");
    }
  }

  @Test
  void loseTheirConnection_inABodyThatNobodyWants() throws Exception {
    try (Socket socket = connect()) {
      send(socket, head("POST", "/nowhere", 100_000).replace("Connection: close\r\n", ""));
      long began = System.nanoTime();
      sendSlowly(socket, "x".repeat(200));

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
    }
    assertThat(ended("unread_body")).isPositive();
  }

  /** It reads a little all the time, far less than the buffers in between take. */
  @Test
  void loseTheirConnection_inAnAnswer() throws Exception {
    UUID job = new JobTable(database).addSucceeded(version, TensorCodec.encode(List.of(zeros())));
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), api.port()));
      send(socket, head("GET", "/v1/jobs/%s/result".formatted(job), 0));
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readNBytes(100), US_ASCII)).startsWith("HTTP/1.1 200");

      for (int i = 0; i < 100; i++) {
        in.skipNBytes(200);
        Thread.sleep(100);
      }
      assertThat(in.readAllBytes().length).as("what was on its way").isLessThan(HUGE / 2);
    } catch (SocketException _) {
      // Reset, rather than ended.
    }
  }

  @Test
  void areLetGo_whenTheyHangUpWhileTheyWait() throws Exception {
    await().untilAsserted(() -> assertThat(submit()).startsWith("HTTP/1.1 202"));
    double before = ended("hung_up");
    for (int i = 0; i < 10; i++) {
      try (Socket socket = connect()) {
        send(socket, head("POST", "/v1/jobs", JOB.length(), "Prefer: wait=50") + JOB);
        await().until(() -> database.count("live") > 0);
      }
    }

    await().atMost(Duration.ofSeconds(5)).until(() -> ended("hung_up") == before + 10);
  }

  /** Twice as fast as they have to be, and for longer than the grace. */
  @Test
  void areServed_whenTheyKeepThePace() throws Exception {
    String job = JOB.replace("}}", "}, \"metadata\": {\"x\": \"%s\"}}".formatted("x".repeat(3000)));
    String body = " ".repeat(60_000) + job;
    await().untilAsserted(() -> assertThat(submit()).startsWith("HTTP/1.1 202"));
    try (Socket socket = connect()) {
      send(socket, head("POST", "/v1/jobs", body.length()));
      for (int from = 0; from < body.length(); from += 1600) {
        send(socket, body.substring(from, Math.min(body.length(), from + 1600)));
        Thread.sleep(100);
      }

      assertThat(readAll(socket)).startsWith("HTTP/1.1 202");
    }
  }

  private String submit() throws IOException {
    try (Socket socket = connect()) {
      send(socket, head("POST", "/v1/jobs", JOB.length()) + JOB);
      return readAll(socket);
    }
  }

  private double ended(String reason) {
    return api.metric("mlp_connections_ended_total{reason=\"%s\"}".formatted(reason));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port());
    socket.setSoTimeout(Math.toIntExact(SOON.toMillis()));
    return socket;
  }

  private static String head(String method, String path, int length, String... more) {
    String headers =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n".formatted(method, path)
            + "Content-Type: application/json\r\nContent-Length: %d\r\n".formatted(length);
    return headers + String.join("\r\n", more) + (more.length == 0 ? "\r\n" : "\r\n\r\n");
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  /** A byte in a while, until it is not taken any more. */
  private static void sendSlowly(Socket socket, String text) throws InterruptedException {
    try {
      for (int i = 0; i < text.length(); i++) {
        send(socket, text.substring(i, i + 1));
        Thread.sleep(100);
      }
    } catch (IOException _) {
      // Ended by the api.
    }
  }

  private static void assertEnded(Socket socket) {
    try {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("it is still there", e);
    } catch (IOException _) {
      // Reset, rather than ended.
    }
  }

  private static String readAll(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    byte[] buffer = new byte[8192];
    try {
      InputStream in = socket.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        answer.append(new String(buffer, 0, read, UTF_8));
      }
    } catch (SocketException _) {
      // Reset after the answer, because the body was not read.
    }
    return answer.toString();
  }

  private static Tensor zeros() {
    ByteBuffer data = ByteBuffer.allocate(HUGE).order(ByteOrder.LITTLE_ENDIAN);
    return new Tensor("y", TensorType.FP32, TensorShape.of(HUGE / 4), data);
  }
}
