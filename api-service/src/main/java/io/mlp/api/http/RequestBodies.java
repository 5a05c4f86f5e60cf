package io.mlp.api.http;

import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/** Receives bodies: none above the limit, and no more of them at a time than the memory holds. */
@Component
public class RequestBodies {
  /** Taken at once: less is not worth the counting. */
  private static final int WHOLE = 16 * 1024;

  /** Chunks grow to this, as the bytes arrive. */
  private static final int CHUNK = 64 * 1024;

  private static final int FIRST_CHUNK = 4 * 1024;

  private final int maxBytes;
  private final ClientLimits limits;

  RequestBodies(BodySettings settings, ClientLimits limits) {
    this.maxBytes = Math.toIntExact(settings.maxSize().toBytes());
    this.limits = limits;
  }

  /**
   * The body, inflated if it was sent so; its bytes are taken as they arrive, for whoever only
   * announces many holds none.
   *
   * @throws ProblemException 413 as soon as it is known to be too large, 408 if it comes too
   *     slowly, 415 if its encoding is none that is read, 400 if it is not of that encoding, 503 if
   *     others hold too much memory
   */
  public byte[] receive(HttpServletRequest request, MemoryBudget.Share memory) throws IOException {
    long length = request.getContentLengthLong();
    if (length > maxBytes) {
      throw tooLarge();
    }
    String encoding = ContentEncoding.of(request.getHeaders(HttpHeaders.CONTENT_ENCODING));
    InputStream in = limits.timed(request.getInputStream());
    if (encoding.equals(ContentEncoding.IDENTITY)) {
      return receive(in, length, memory);
    }
    memory.takeToBegin(ContentEncoding.MEMORY);
    try (InputStream inflated = ContentEncoding.inflated(encoding, in)) {
      return receive(inflated, memory);
    } finally {
      memory.giveBack(ContentEncoding.MEMORY);
    }
  }

  private byte[] receive(InputStream in, long length, MemoryBudget.Share memory)
      throws IOException {
    if (length < 0 || length > WHOLE) {
      return receive(in, memory);
    }
    memory.takeToBegin(length);
    return in.readNBytes((int) length);
  }

  private byte[] receive(InputStream in, MemoryBudget.Share memory) throws IOException {
    Queue<byte[]> chunks = new ArrayDeque<>();
    int size = 0;
    boolean more = true;
    while (more) {
      // One byte beyond the limit tells that there are more.
      int next = Math.min(Math.clamp(size, FIRST_CHUNK, CHUNK), maxBytes + 1 - size);
      memory.takeToBegin(next);
      byte[] chunk = in.readNBytes(next);
      memory.giveBack(next - chunk.length);
      size += chunk.length;
      if (size > maxBytes) {
        throw tooLarge();
      }
      chunks.add(chunk);
      more = chunk.length == next;
    }
    memory.take(size);
    byte[] body = joined(chunks, size);
    memory.giveBack(size);
    return body;
  }

  private static byte[] joined(Queue<byte[]> chunks, int size) {
    byte[] whole = new byte[size];
    int at = 0;
    for (byte[] chunk = chunks.poll(); chunk != null; chunk = chunks.poll()) {
      System.arraycopy(chunk, 0, whole, at, chunk.length);
      at += chunk.length;
    }
    return whole;
  }

  private ProblemException tooLarge() {
    return ProblemException.at(
        ProblemType.PAYLOAD_TOO_LARGE,
        "#",
        "The body may have at most %d bytes".formatted(maxBytes));
  }
}
