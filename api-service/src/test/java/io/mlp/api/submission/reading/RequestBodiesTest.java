package io.mlp.api.submission.reading;

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
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.mock.web.MockHttpServletRequest;

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

  @Test
  void failsWithItsClient() {
    assertThatThrownBy(() -> bodies.receive(new BrokenRequest(), budget.open()))
        .isInstanceOf(IOException.class);
  }

  private static RequestBodies bodies(String maxBody) {
    return new RequestBodies(Settings.of(BodySettings.class, Map.of("max-size", maxBody)));
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
          int count = all.read(target, offset, length);
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
