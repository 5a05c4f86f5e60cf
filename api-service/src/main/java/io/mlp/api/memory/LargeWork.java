package io.mlp.api.memory;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Lets those compute in turn whose requests or answers are large, on no more than half of the
 * processors. A virtual thread keeps its processor for as long as it computes, so a few that read
 * ten megabytes each would keep all small requests waiting.
 */
@Component
public final class LargeWork {
  /** Bytes from which on a body is large: reading it takes milliseconds. */
  public static final int LARGE = 256 * 1024;

  private static final int WRITTEN_AT_ONCE = 64 * 1024;

  private final Semaphore turns;

  @Autowired
  LargeWork() {
    this(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  }

  /** With so many turns at a time. */
  LargeWork(int turns) {
    this.turns = new Semaphore(turns, true);
  }

  /** Waits for a turn, which ends when it is closed. */
  public Turn begin() {
    turns.acquireUninterruptibly();
    return new Turn();
  }

  /** May compute. */
  public final class Turn implements AutoCloseable {
    private Turn() {}

    /** Writes in pieces; while the client takes one, others have the turn. */
    public OutputStream yielding(OutputStream client) {
      return new BufferedOutputStream(new Yielding(client), WRITTEN_AT_ONCE);
    }

    @Override
    public void close() {
      turns.release();
    }
  }

  private final class Yielding extends OutputStream {
    private final OutputStream client;

    private Yielding(OutputStream client) {
      this.client = client;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      turns.release();
      try {
        client.write(bytes, offset, length);
      } finally {
        turns.acquireUninterruptibly();
      }
    }

    /** What the server has kept back is written now, for which the client may take long, too. */
    @Override
    public void flush() throws IOException {
      turns.release();
      try {
        client.flush();
      } finally {
        turns.acquireUninterruptibly();
      }
    }
  }
}
