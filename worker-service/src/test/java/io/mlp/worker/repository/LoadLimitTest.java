package io.mlp.worker.repository;

import static io.mlp.worker.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.TestModels;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What ends a load that nobody would wait for, with real models. */
class LoadLimitTest {
  private static final Duration LONG = Duration.ofHours(1);

  private static CompletableFuture<String> reasonOf(String model, LoadLimit limit) {
    CompletableFuture<String> reason = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            new ModelLoader(1)
                .load("m", 1, TestModels.tiny(model + ".onnx"), ModelDescription.NONE, limit)
                .close();
            reason.complete("loads");
          } catch (ModelRefused e) {
            reason.complete(e.reason());
          }
        });
    return reason;
  }

  @Test
  void endsTheFirstRun_onlyWhenItTakesLongerThanItMay() {
    LoadLimit limit = new LoadLimit(Duration.ofMillis(200), LONG);
    CompletableFuture<String> reason = reasonOf("endless", limit);
    limit.endLateRun();

    eventually()
        .until(() -> {
          limit.endLateRun();
          return reason.isDone();
        });

    assertThat(reason.join()).contains("The run took longer than its limit of 0.2 s");
    assertThat(limit.elapsed()).isGreaterThan(Duration.ofMillis(200));
  }

  @Test
  void endsTheRun_andThoseThatBegin_whenNobodyWantsTheModel() {
    LoadLimit limit = new LoadLimit(LONG, LONG);
    CompletableFuture<String> reason = reasonOf("endless", limit);
    limit.abandon();

    eventually().until(reason::isDone);

    assertThat(reason.join()).contains("nobody waits");
  }

  /** Half a minute inside ONNX Runtime, which nothing ends. */
  @Test
  void tellsThatALoadTakesLongerThanItMay_beforeAnyRun() {
    LoadLimit limit = new LoadLimit(Duration.ofMillis(100), Duration.ofMillis(300));
    CompletableFuture<String> reason = reasonOf("long_at_load", limit);

    eventually().until(limit::exceeded);

    assertThat(reason).isNotDone();
    assertThat(limit.whole()).isEqualTo(Duration.ofMillis(400));
  }
}
