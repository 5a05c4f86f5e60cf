package io.mlp.api.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;

/**
 * HTTP/1.1 as Tomcat speaks it, which knows at any time what its connections are busy with. Tomcat
 * itself starts its timeouts anew with each byte, so a client that sends or reads a byte in a while
 * stays for ever.
 *
 * <p>Public, because Tomcat makes it by its name.
 */
public final class PacedProtocol extends Http11NioProtocol {
  private static final int ANSWER_BUFFER = 2048;

  private final Set<PacedProcessor> busy = ConcurrentHashMap.newKeySet();

  /**
   * Of an answer: with Tomcat's 8 KB, of bytes and of characters, a connection takes 18 KB more.
   */
  @Override
  public int getDesiredBufferSize() {
    return ANSWER_BUFFER;
  }

  @Override
  protected Processor createProcessor() {
    return new PacedProcessor(this, getAdapter(), busy);
  }

  /** Those that have a part of a request, or are being answered. */
  Set<PacedProcessor> busy() {
    return busy;
  }
}
