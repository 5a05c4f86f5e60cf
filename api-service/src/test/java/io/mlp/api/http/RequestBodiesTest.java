package io.mlp.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.Settings;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Problems;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.util.unit.DataSize;

class RequestBodiesTest {
  private static final int KIB = 1024;

  /** How the length of a body reaches the server. */
  enum Sent {
    WITH_LENGTH,
    IN_CHUNKS
  }

  private static final int MIB = 1024 * KIB;

  private final MemoryBudget budget = new MemoryBudget(64 * MIB, Duration.ZERO);
  private final RequestBodies bodies = bodies("2MB");

  @ParameterizedTest
  @EnumSource(Sent.class)
  void receivesBodiesUpToTheLimit(Sent sent) throws IOException {
    for (int length : new int[] {0, 1, 4 * KIB, 16 * KIB, 16 * KIB + 1, 100_000, 2 * MIB}) {
      try (MemoryBudget.Share memory = budget.open()) {
        MockHttpServletRequest request = request(length, sent);

        assertThat(bodies.receive(request, memory)).isEqualTo(request.getContentAsByteArray());
        assertThat(memory.held()).isEqualTo(length);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Sent.class)
  void refusesLargerBodies(Sent sent) {
    ProblemException problem = problemOf(request(2 * MIB + 1, sent));

    assertThat(problem.type()).isEqualTo(ProblemType.PAYLOAD_TOO_LARGE);
    assertThat(problem.type().status().value()).isEqualTo(413);
    assertThat(Problems.lines(problem))
        .containsExactly("#  The body may have at most 2097152 bytes");
  }

  @Test
  void readsNoMoreOfALargerBodyThanTellsThatItIs() {
    Announced announced = new Announced(10 * MIB, 10 * MIB);
    problemOf(announced);
    assertThat(announced.read).isZero();

    Announced unknown = new Announced(-1, 10 * MIB);
    problemOf(unknown);
    assertThat(unknown.read).isEqualTo(2 * MIB + 1);
  }

  /** Else a few clients that send nothing would keep all others out. */
  @Test
  void takesNoMoreThanHasArrivedAndAChunk() throws IOException {
    try (MemoryBudget.Share memory = budget.open()) {
      List<Long> held = new ArrayList<>();
      Announced slow = new Announced(MIB, MIB);
      slow.onRead = () -> held.add(memory.held() - slow.read);

      bodies.receive(slow, memory);

      assertThat(held.getFirst()).isEqualTo(4 * KIB);
      assertThat(held).allMatch(ahead -> ahead >= 0 && ahead <= 64 * KIB);
    }
  }

  /** So that a thousand large uploads at once cannot exhaust the memory. */
  @Test
  void refusesALargeBody_whenOthersHoldTheMemory() throws IOException {
    try (MemoryBudget.Share other = budget.open();
        MemoryBudget.Share memory = budget.open()) {
      other.take(48 * MIB);

      ProblemException problem =
          catchThrowableOfType(
              ProblemException.class, () -> bodies.receive(request(MIB, Sent.IN_CHUNKS), memory));

      assertThat(problem.type()).isEqualTo(ProblemType.OVERLOADED);
      assertThat(Problems.retryAfter(problem)).isEqualTo(Duration.ofSeconds(1));
      assertThat(bodies.receive(request(10 * KIB, Sent.WITH_LENGTH), budget.open()))
          .as("a small one")
          .hasSize(10 * KIB);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {100, -1})
  void refusesABodyThatComesTooSlowly(long announced) {
    Announced slow = new Announced(announced, 100);
    slow.most = 1;
    slow.onRead = () -> sleep(10);

    ProblemException problem = problemOf(slow);

    assertThat(problem.type()).isEqualTo(ProblemType.REQUEST_TIMEOUT);
    assertThat(slow.read).isBetween(2, 12);
  }

  /** What others hold and what is done with the bytes is not the client's fault. */
  @Test
  void countsNoTimeBetweenReads() throws IOException {
    AtomicLong nanos = new AtomicLong();
    InputStream body =
        new ClientLimits(Duration.ofSeconds(1), DataSize.ofBytes(10), 0)
            .timed(new ByteArrayInputStream(new byte[100]), nanos::get);

    for (int i = 0; i < 10; i++) {
      nanos.addAndGet(Duration.ofSeconds(5).toNanos());
      assertThat(body.readNBytes(10)).hasSize(10);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "GZIP", "x-gzip", "deflate", "identity, gzip"})
  void inflatesWhatWasMadeSmaller(String encoding) throws IOException {
    byte[] body =
        new Random(1)
            .ints(100_000, 'a', 'f')
            .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::write, (_, _) -> {})
            .toByteArray();
    try (MemoryBudget.Share memory = budget.open()) {
      assertThat(bodies.receive(encoded(encoding, deflated(encoding, body)), memory))
          .isEqualTo(body);
      assertThat(memory.held()).isEqualTo(body.length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "zstd", "gzip, gzip", "gzip, deflate"})
  void refusesOtherEncodings(String encoding) {
    ProblemException problem = problemOf(encoded(encoding, new byte[10]));

    assertThat(problem.type()).isEqualTo(ProblemType.UNSUPPORTED_MEDIA_TYPE);
    assertThat(Problems.headers(problem)).containsEntry("Accept-Encoding", "gzip, deflate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void refusesWhatIsNotOfItsEncoding(String encoding) throws IOException {
    byte[] whole = deflated(encoding, new byte[1000]);
    byte[] cut = Arrays.copyOf(whole, whole.length - 9);
    for (byte[] wrong : List.of(new byte[0], "{\"model\"".getBytes(UTF_8), cut)) {
      assertThat(problemOf(encoded(encoding, wrong)).type()).isEqualTo(ProblemType.MALFORMED_JSON);
    }
  }

  /** Of a body that is small on its way, the inflated bytes count. */
  @ParameterizedTest
  @ValueSource(ints = {2 * MIB + 1, 100 * MIB})
  void refusesWhatIsTooLargeWhenInflated(int length) throws IOException {
    byte[] noise = new byte[length];
    new Random(1).nextBytes(noise);
    for (byte[] body : List.of(noise, new byte[length])) {
      assertThat(problemOf(encoded("gzip", deflated("gzip", body))).type())
          .isEqualTo(ProblemType.PAYLOAD_TOO_LARGE);
    }
  }

  @Test
  void refusesWhatGrowsOutOfProportion() throws IOException {
    ProblemException zeros = problemOf(encoded("gzip", deflated("gzip", new byte[MIB + 1])));
    assertThat(zeros.getMessage()).contains("100 times");

    try (MemoryBudget.Share memory = budget.open()) {
      assertThat(bodies.receive(encoded("gzip", deflated("gzip", new byte[MIB])), memory))
          .hasSize(MIB);
    }
  }

  private static byte[] deflated(String encoding, byte[] body) throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    try (OutputStream out =
        encoding.equals("deflate") ? new DeflaterOutputStream(sent) : new GZIPOutputStream(sent)) {
      out.write(body);
    }
    return sent.toByteArray();
  }

  private static MockHttpServletRequest encoded(String encoding, byte[] body) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.addHeader("Content-Encoding", encoding);
    request.setContent(body);
    return request;
  }

  private static void sleep(long millis) {
    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
  }

  @Test
  void failsWithItsClient() {
    assertThatThrownBy(() -> bodies.receive(new BrokenRequest(), budget.open()))
        .isInstanceOf(IOException.class);
  }

  private static RequestBodies bodies(String maxBody) {
    return new RequestBodies(
        Settings.of(BodySettings.class, Map.of("max-size", maxBody)),
        Settings.of(ClientLimits.class, Map.of("grace", "100ms", "per-second", "1MB")));
  }

  private ProblemException problemOf(MockHttpServletRequest request) {
    try (MemoryBudget.Share memory = budget.open()) {
      return catchThrowableOfType(ProblemException.class, () -> bodies.receive(request, memory));
    }
  }

  private static MockHttpServletRequest request(int length, Sent sent) {
    MockHttpServletRequest request =
        sent == Sent.WITH_LENGTH ? new MockHttpServletRequest() : new ChunkedRequest();
    request.setContent("x".repeat(length).getBytes(UTF_8));
    return request;
  }

  private static final class ChunkedRequest extends MockHttpServletRequest {
    @Override
    public long getContentLengthLong() {
      return -1;
    }
  }

  /** Says how much it will send, and counts how much of that has been read. */
  private static final class Announced extends MockHttpServletRequest {
    private final long announced;
    private int read;
    private int most = Integer.MAX_VALUE;
    private Runnable onRead = () -> {};

    Announced(long announced, int length) {
      this.announced = announced;
      setContent(new byte[length]);
    }

    @Override
    public long getContentLengthLong() {
      return announced;
    }

    @Override
    public ServletInputStream getInputStream() {
      ServletInputStream all = super.getInputStream();
      return new BrokenStream() {
        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
          onRead.run();
          int count = all.read(target, offset, Math.min(length, most));
          read += Math.max(0, count);
          return count;
        }
      };
    }
  }

  /** Its client has gone. */
  private static final class BrokenRequest extends MockHttpServletRequest {
    @Override
    public ServletInputStream getInputStream() {
      return new BrokenStream();
    }
  }

  private static class BrokenStream extends ServletInputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("connection reset");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return read();
    }

    @Override
    public boolean isFinished() {
      return false;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {}
  }
}
