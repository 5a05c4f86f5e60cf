package io.mlp.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.mlp.api.memory.MemoryBudget;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorCodec;
import io.mlp.tensor.TensorJson;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/** Results that are sent piece by piece, as they are read from the database. */
@ExtendWith({SharedStack.class, OutputCaptureExtension.class})
class LargeResultIT {
  /** One output of four bytes a row: above 64 KiB, and as JSON small enough for Redis. */
  private static final int ROWS = 17_000;

  /** What no buffer between the api and its client takes. */
  private static final int HUGE = 8 << 20;

  private final Stack stack;
  private final Client client;
  private final JobTable jobs;

  LargeResultIT(Stack stack) {
    this.stack = stack;
    this.client = stack.client();
    this.jobs = new JobTable(stack.database());
  }

  @Test
  void isTheSame_howeverItIsAskedFor() {
    Client.Answer submitted = client.post(largeJob(), "Prefer", "wait=50");
    assertThat(submitted.status()).as(start(submitted)).isEqualTo(200);
    UUID id = UUID.fromString(submitted.json().path("id").asString());
    String outputs = ",\"outputs\":%s}".formatted(storedOutputs(id));
    String place = "/v1/jobs/" + id;
    Client.Answer kept = client.get(place);
    forget(id);
    Client.Answer read = client.get(place);
    Client.Answer awaited = client.get(place + "?wait=30");

    assertThat(read.header("Content-Length")).as("it is sent in pieces").isEmpty();
    assertThat(List.of(submitted.text(), kept.text(), awaited.text())).containsOnly(read.text());
    assertThat(read.text().endsWith(outputs)).isTrue();
    assertThat(List.of(kept.header("ETag"), awaited.header("ETag")))
        .containsOnly(read.header("ETag"));
    assertThat(read.header("ETag")).isPresent();
    assertThat(read.header("Content-Type")).contains("application/json");
    Client.Answer result = client.get(place + "/result");
    assertThat(result.status()).isEqualTo(200);
    assertThat(result.text().endsWith(outputs)).isTrue();
    assertThat(result.json().path("outputs")).isEqualTo(submitted.json().path("outputs"));
  }

  /** The rows are those of one small job, again and again. */
  @Test
  void holdsTheAnswerOfEveryRow() {
    JsonNode small = client.run(HeldOut.DIABETES.job(HeldOut.DIABETES.rows()));
    JsonNode large = client.run(largeJob());
    JsonNode once = small.path("outputs").path(0).path("data");
    JsonNode again = large.path("outputs").path(0).path("data");
    assertThat(again.size()).isEqualTo(ROWS);
    for (int row = 0; row < ROWS; row++) {
      assertThat(again.path(row).asDouble())
          .isEqualTo(once.path(row % once.size()).asDouble(), within(0.01));
    }
  }

  @Test
  void isWhatAReplayAnswers() {
    String key = UUID.randomUUID().toString();
    Client.Answer first =
        client.post(largeJob(), "Prefer", "wait=50", "Idempotency-Key", "\"%s\"".formatted(key));
    UUID id = UUID.fromString(first.json().path("id").asString());
    forget(id);
    Client.Answer replayed =
        client.post(largeJob(), "Prefer", "wait=50", "Idempotency-Key", "\"%s\"".formatted(key));

    assertThat(replayed.status()).isEqualTo(200);
    assertThat(replayed.header("Idempotency-Replayed")).contains("true");
    assertThat(replayed.header("Preference-Applied")).contains("wait=50");
    assertThat(replayed.header("Location")).contains("/v1/jobs/" + id);
    assertThat(replayed.text()).isEqualTo(first.text());
  }

  @Test
  void isNotReadAgain_ifItIsKnown() {
    UUID id = huge();
    String place = "/v1/jobs/" + id;
    Client.Answer head =
        client.send(client.request(place).method("HEAD", BodyPublishers.noBody()).build());
    assertThat(head.status()).isEqualTo(200);
    String etag = head.header("ETag").orElseThrow();

    Client.Answer known = client.get(place, "If-None-Match", etag);
    assertThat(known.status()).isEqualTo(304);
    assertThat(known.bytes()).isEmpty();
    assertThat(known.header("ETag")).contains(etag);
  }

  @Test
  void isRefused_whileOthersHoldTheMemory() {
    UUID id = huge();
    try (MemoryBudget.Share most = stack.api().bean(MemoryBudget.class).open()) {
      most.take(Runtime.getRuntime().maxMemory());
      for (String place : List.of("/v1/jobs/" + id, "/v1/jobs/%s/result".formatted(id))) {
        Client.Answer refused = client.get(place);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().path("type").asString()).isEqualTo("urn:mlp:problem:overloaded");
        assertThat(refused.header("Retry-After")).contains("1");
        assertThat(refused.header("ETag")).isEmpty();
      }
    }
    assertThat(client.get("/v1/jobs/%s/result".formatted(id)).status()).isEqualTo(200);
  }

  /** Half of it would be no JSON, but a client might take what is not closed for all of it. */
  @Test
  void isCut_ifTheJobIsDeletedMeanwhile(CapturedOutput log) throws IOException {
    UUID id = huge();
    try (Socket socket = ask("/v1/jobs/%s/result".formatted(id))) {
      InputStream in = socket.getInputStream();
      assertThat(new String(in.readNBytes(1000), UTF_8)).startsWith("HTTP/1.1 200");
      stack.database().sql().sql("delete from job where id = ?").param(id).update();

      assertCut(in);
    }
    await().until(() -> log.getAll().contains("The answer for job " + id));
    assertOneWarning(log, id);
  }

  /** A job that is retried and ends again has another time of its end. */
  @Test
  void isCut_ifTheJobIsNotWhatItWas(CapturedOutput log) throws IOException {
    UUID id = huge();
    try (Socket socket = ask("/v1/jobs/" + id)) {
      InputStream in = socket.getInputStream();
      in.readNBytes(1000);
      stack
          .database()
          .sql()
          .sql("update job set completed_at = completed_at + interval '1 microsecond' where id = ?")
          .param(id)
          .update();

      assertCut(in);
    }
    await().until(() -> log.getAll().contains("The answer for job " + id));
    assertOneWarning(log, id);
  }

  @Test
  void saysNothing_ifItsClientHangsUp(CapturedOutput log) throws IOException {
    UUID id = huge();
    try (Socket socket = ask("/v1/jobs/%s/result".formatted(id))) {
      socket.getInputStream().readNBytes(1000);
      socket.setSoLinger(true, 0);
    }
    await().during(Duration.ofSeconds(1)).until(() -> !log.getAll().contains(id.toString()));
    assertThat(log.getAll()).doesNotContain("Exception");
  }

  /** The connection ends without the chunk that would end the answer. */
  private static void assertCut(InputStream in) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(4);
    long count = 0;
    byte[] buffer = new byte[8192];
    try {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        count += read;
        byte[] tail = new byte[Math.min(4, read)];
        System.arraycopy(buffer, read - tail.length, tail, 0, tail.length);
        last = ByteBuffer.wrap(tail);
      }
    } catch (SocketException _) {
      return;
    }
    assertThat(count).isLessThan(HUGE);
    assertThat(new String(last.array(), UTF_8)).doesNotEndWith("\r\n\r\n");
  }

  private static void assertOneWarning(CapturedOutput log, UUID id) {
    assertThat(log.getAll().lines().filter(line -> line.contains(id.toString())))
        .hasSize(1)
        .allMatch(line -> line.contains("WARN"));
    assertThat(log.getAll()).doesNotContain("\tat ");
  }

  /** A connection whose client reads when it likes. */
  private Socket ask(String path) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), stack.api().port());
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write(
            "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .formatted(path)
                .getBytes(UTF_8));
    return socket;
  }

  /** So that the next answer comes from PostgreSQL. */
  private void forget(UUID id) {
    StringRedisTemplate redis = stack.api().bean(StringRedisTemplate.class);
    await().until(() -> redis.delete("mlp:job:3:" + id));
  }

  private static String largeJob() {
    List<HeldOut.Row> rows = HeldOut.DIABETES.rows();
    int times = ROWS / rows.size() + 1;
    return HeldOut.DIABETES.job(
        Collections.nCopies(times, rows).stream().flatMap(List::stream).limit(ROWS).toList());
  }

  /** A job that has succeeded with outputs that no model of the tests gives. */
  private UUID huge() {
    int version =
        stack
            .database()
            .sql()
            .sql("select id from model_version where model = 'digits'")
            .query(Integer.class)
            .single();
    return jobs.addSucceeded(version, TensorCodec.encode(List.of(noise(HUGE / 4))));
  }

  private static Tensor noise(int elements) {
    ByteBuffer data = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      data.putFloat(i / 7f);
    }
    return new Tensor("y", TensorType.FP32, TensorShape.of(elements), data.flip());
  }

  private String storedOutputs(UUID id) {
    byte[] stored =
        stack
            .database()
            .sql()
            .sql("select outputs from job where id = ?")
            .param(id)
            .query(byte[].class)
            .single();
    assertThat(stored).hasSizeGreaterThan(64 << 10);
    StringWriter text = new StringWriter();
    try (JsonGenerator json =
        JsonFactory.builder().build().createGenerator(ObjectWriteContext.empty(), text)) {
      TensorJson.write(json, TensorCodec.decode(stored));
    }
    return text.toString();
  }

  private static String start(Client.Answer answer) {
    String text = answer.text();
    return text.substring(0, Math.min(500, text.length()));
  }
}
