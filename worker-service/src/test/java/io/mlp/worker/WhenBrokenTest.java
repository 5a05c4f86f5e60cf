package io.mlp.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;

class WhenBrokenTest {
  private final CompletableFuture<Thread> ended = new CompletableFuture<>();
  private final WhenBroken whenBroken =
      new WhenBroken(() -> ended.complete(Thread.currentThread()));

  /** Were it a daemon, the process could exit before, and with 0: nobody would start it again. */
  @Test
  void endsTheProcessOnAThreadThatTheJvmWaitsFor_whoeverNoticed() throws Exception {
    Thread.ofPlatform().daemon(true).start(() -> tell(LivenessState.BROKEN));

    Thread ending = ended.get(10, TimeUnit.SECONDS);
    assertThat(ending.isDaemon()).isFalse();
    assertThat(ending.getName()).isEqualTo("ending");
  }

  @Test
  void doesNothingWhileTheProcessIsLive() {
    tell(LivenessState.CORRECT);

    assertThat(ended).isNotDone();
  }

  private void tell(LivenessState state) {
    whenBroken.onApplicationEvent(new AvailabilityChangeEvent<>(this, state));
  }
}
