package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class StoppingTest {
  private final Stopping stopping = new Stopping(Duration.ofSeconds(20));
  private final List<String> closed = new CopyOnWriteArrayList<>();

  @Test
  void closesInReverseOrder_once() throws Exception {
    stopping.start(() -> closing("servers"));
    stopping.start(() -> closing("api"));
    stopping.start(() -> closing("worker"));
    stopping.stop();
    stopping.stop();
    assertThat(closed).containsExactly("worker", "api", "servers");
  }

  @Test
  void startsNothingMore_onceStopped() throws Exception {
    stopping.stop();
    assertThatThrownBy(() -> stopping.start(() -> closing("late")))
        .isInstanceOf(Stopping.StoppedException.class);
    assertThat(stopping.requested()).isTrue();
  }

  @Test
  void closesTheRest_whenOneFails() throws Exception {
    stopping.start(() -> closing("servers"));
    stopping.start(() ->
        () -> {
          throw new IllegalStateException("broken");
        });
    stopping.stop();
    assertThat(closed).containsExactly("servers");
  }

  @Test
  void closesTheRest_whenOneHangs() throws Exception {
    Stopping impatient = new Stopping(Duration.ofMillis(50));
    impatient.start(() -> closing("servers"));
    impatient.start(() -> new CountDownLatch(1)::await);
    impatient.stop();
    assertThat(closed).containsExactly("servers");
  }

  @Test
  void waitsForWhatIsStarting_andClosesIt() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Void> start =
        CompletableFuture.runAsync(() -> {
          try {
            stopping.start(() -> {
              begun.countDown();
              await().until(stopping::requested);
              return closing("api");
            });
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    begun.await();
    stopping.stop();
    assertThat(start).succeedsWithin(Duration.ofSeconds(10));
    assertThat(closed).containsExactly("api");
  }

  private AutoCloseable closing(String name) {
    return () -> closed.add(name);
  }
}
