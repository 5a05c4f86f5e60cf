package io.mlp.api.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LargeWorkTest {
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final byte[] PIECE = new byte[64 * 1024];

  private final LargeWork work = new LargeWork(1);

  private Thread another() {
    return Thread.startVirtualThread(() -> work.begin().close());
  }

  @Test
  void othersComputeWhenATurnHasEnded() throws InterruptedException {
    Thread other;
    try (var _ = work.begin()) {
      other = another();
      assertThat(other.join(SHORT)).isFalse();
    }
    assertThat(other.join(LONG)).isTrue();
  }

  @Test
  void othersComputeWhileAClientReads() throws Exception {
    othersComputeDuring(out -> out.write(PIECE));
  }

  /** The server keeps the end of an answer back until then. */
  @Test
  void othersComputeWhileAClientReadsTheEnd() throws Exception {
    othersComputeDuring(OutputStream::flush);
  }

  private interface Use {
    void of(OutputStream out) throws IOException;
  }

  private void othersComputeDuring(Use use) throws Exception {
    CountDownLatch othersAreDone = new CountDownLatch(1);
    try (LargeWork.Turn turn = work.begin();
        OutputStream out = turn.yielding(new SlowClient(othersAreDone))) {
      Thread.startVirtualThread(() -> {
        work.begin().close();
        othersAreDone.countDown();
      });
      use.of(out);
      assertThat(another().join(SHORT)).as("the turn goes on after the client has read").isFalse();
    }
  }

  /** It reads nothing until somebody else has had a turn; gives up, so that a test ends. */
  private static final class SlowClient extends OutputStream {
    private final CountDownLatch othersAreDone;

    private SlowClient(CountDownLatch othersAreDone) {
      this.othersAreDone = othersAreDone;
    }

    @Override
    public void write(int one) throws IOException {
      await();
    }

    @Override
    public void flush() throws IOException {
      await();
    }

    private void await() throws IOException {
      try {
        if (!othersAreDone.await(10, TimeUnit.SECONDS)) {
          throw new IOException("nobody else had a turn");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      write(bytes[offset]);
    }
  }

  @Test
  void everyByteArrivesInItsOrder() throws IOException {
    ByteArrayOutputStream client = new ByteArrayOutputStream();
    byte[] sent = new byte[300_000];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) (i * 31);
    }
    try (LargeWork.Turn turn = work.begin();
        OutputStream out = turn.yielding(client)) {
      out.write(sent, 0, 100_000);
      out.write(sent[100_000]);
      out.write(sent, 100_001, 199_999);
    }
    assertThat(client.toByteArray()).isEqualTo(sent);
  }

  @Test
  void aTurnEndsThoughItsClientHasGone() throws InterruptedException {
    try (LargeWork.Turn turn = work.begin()) {
      turn.yielding(OutputStream.nullOutputStream()).close();
      OutputStream gone = OutputStream.nullOutputStream();
      gone.close();
      turn.yielding(gone).write(PIECE);
    } catch (IOException _) {
      // As expected: that client takes nothing.
    }
    assertThat(another().join(LONG)).isTrue();
    try (var _ = work.begin()) {
      assertThat(another().join(SHORT)).as("there is one turn still").isFalse();
    }
  }
}
