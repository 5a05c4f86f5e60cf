package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.Settings;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Problems;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
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

  @ParameterizedTest
  @EnumSource(Sent.class)
  void readsBodiesUpToTheLimit(Sent sent) throws IOException {
    RequestBodies bodies = bodies("2KB", "16KB");

    assertThat(bodies.<Integer>read(request(2 * KIB, sent), body -> body.length)).isEqualTo(2048);
    assertThat(bodies.<Integer>read(request(0, sent), body -> body.length)).isZero();
  }

  @ParameterizedTest
  @EnumSource(Sent.class)
  void refusesLargerBodies(Sent sent) {
    ProblemException problem = problemOf(bodies("2KB", "16KB"), request(2 * KIB + 1, sent));

    assertThat(problem.type()).isEqualTo(ProblemType.PAYLOAD_TOO_LARGE);
    assertThat(problem.type().status().value()).isEqualTo(413);
    assertThat(Problems.lines(problem)).containsExactly("#  The body may have at most 2048 bytes");
  }

  /** So that a thousand large uploads at once cannot exhaust the memory. */
  @Test
  void refusesABody_whenThoseBeingReadFillTheMemory() throws IOException {
    RequestBodies bodies = bodies("2KB", "4KB");

    String innermost =
        bodies.read(
            request(2 * KIB, Sent.WITH_LENGTH),
            _ -> nested(bodies, () -> problemOf(bodies, request(1, Sent.WITH_LENGTH))));

    assertThat(innermost).isEqualTo("OVERLOADED, again after PT1S");
  }

  /** Reads a second body of 2 KiB and, while it is read, tries what is given. */
  private static String nested(RequestBodies bodies, Supplier<ProblemException> attempt) {
    try {
      return bodies.read(
          request(2 * KIB, Sent.WITH_LENGTH),
          _ -> {
            ProblemException problem = attempt.get();
            return problem.type() + ", again after " + Problems.retryAfter(problem);
          });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** How much comes is not known before, so it counts as the most that may. */
  @Test
  void countsAChunkedBodyAsTheLargest() throws IOException {
    RequestBodies bodies = bodies("2KB", "2KB");

    ProblemType type =
        bodies.read(
            request(1, Sent.IN_CHUNKS),
            _ -> problemOf(bodies, request(1, Sent.WITH_LENGTH)).type());

    assertThat(type).isEqualTo(ProblemType.OVERLOADED);
  }

  @ParameterizedTest
  @EnumSource(Sent.class)
  void takesABodyOfTheLargestSize_whenTheMemoryHoldsJustOne(Sent sent) throws IOException {
    RequestBodies bodies = bodies("1500B", "1500B");

    assertThat(bodies.<Integer>read(request(1500, sent), body -> body.length)).isEqualTo(1500);
  }

  @Test
  void hasItsMemoryBack_howeverAReadingEnded() throws IOException {
    RequestBodies bodies = bodies("2KB", "2KB");
    MockHttpServletRequest whole = request(2 * KIB, Sent.WITH_LENGTH);

    bodies.<Integer>read(whole, body -> body.length);
    problemOf(bodies, request(3 * KIB, Sent.IN_CHUNKS));
    assertThatThrownBy(() ->
            bodies.read(
                request(2 * KIB, Sent.WITH_LENGTH),
                _ -> {
                  throw new IllegalStateException("a bad body");
                }))
        .hasMessage("a bad body");
    assertThatThrownBy(() -> bodies.read(new BrokenRequest(), body -> body.length))
        .isInstanceOf(IOException.class);

    assertThat(bodies.<Integer>read(request(2 * KIB, Sent.WITH_LENGTH), body -> body.length))
        .isEqualTo(2048);
  }

  private static RequestBodies bodies(String maxBody, String inMemory) {
    return new RequestBodies(
        Settings.of(BodySettings.class, Map.of("max-size", maxBody, "max-in-memory", inMemory)));
  }

  private static ProblemException problemOf(RequestBodies bodies, MockHttpServletRequest request) {
    return catchThrowableOfType(
        ProblemException.class, () -> bodies.read(request, body -> body.length));
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

  /** Its client has gone. */
  private static final class BrokenRequest extends MockHttpServletRequest {
    @Override
    public ServletInputStream getInputStream() {
      return new BrokenStream();
    }
  }

  private static final class BrokenStream extends ServletInputStream {
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
