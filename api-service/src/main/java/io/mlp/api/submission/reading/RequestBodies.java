package io.mlp.api.submission.reading;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** Reads bodies into memory: none above the limit, and no more of them at a time than fit. */
@Component
public class RequestBodies {
  private static final int KIBIBYTE = 1024;

  private final int maxBytes;
  private final Semaphore kibibytes;

  RequestBodies(BodySettings settings) {
    this.maxBytes = Math.toIntExact(settings.maxSize().toBytes());
    this.kibibytes = new Semaphore(kibibytes(settings.maxInMemory().toBytes()));
  }

  /**
   * Hands the body to the reader.
   *
   * @throws ProblemException 413 if it is too large, 503 if too many are being read
   */
  public <T> T read(HttpServletRequest request, Function<byte[], T> reader) throws IOException {
    long length = request.getContentLengthLong();
    if (length > maxBytes) {
      throw tooLarge();
    }
    int share = kibibytes(length < 0 ? maxBytes : length);
    if (!kibibytes.tryAcquire(share)) {
      throw ProblemException.passing(
          ProblemType.OVERLOADED, "Too many bodies are being read", Duration.ofSeconds(1), null);
    }
    try {
      byte[] body = request.getInputStream().readNBytes(maxBytes + 1);
      if (body.length > maxBytes) {
        throw tooLarge();
      }
      return reader.apply(body);
    } finally {
      kibibytes.release(share);
    }
  }

  private static int kibibytes(long bytes) {
    return Math.toIntExact(Math.ceilDiv(bytes, KIBIBYTE));
  }

  private ProblemException tooLarge() {
    return ProblemException.at(
        ProblemType.PAYLOAD_TOO_LARGE,
        "#",
        "The body may have at most %d bytes".formatted(maxBytes));
  }
}
