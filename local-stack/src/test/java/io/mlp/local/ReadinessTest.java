package io.mlp.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.local.servers.CannotStartException;
import io.mlp.local.servers.Ports;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadinessTest {
  private static final List<ShippedModel> SHIPPED =
      List.of(
          new ShippedModel("digits", List.of("1"), Map.of()),
          new ShippedModel("iris", List.of("1"), Map.of()));
  private static final String BOTH =
      """
      {"models": [
        {"name": "digits", "versions": [{"version": "1", "state": "ready"}]},
        {"name": "iris", "versions": [{"version": "1", "state": "failed"}]}]}
      """;
  private static final String WORKER = "/actuator/health/readiness";
  private static final String ONE =
      """
      {"models": [{"name": "digits", "versions": [{"version": "1", "state": "ready"}]}]}
      """;

  @Test
  void returnsCatalogue_onceApiIsReadyAndListsEveryModel() throws InterruptedException {
    try (FakeApi api = new FakeApi().answering("/v2/health/ready", "").answering(WORKER, "")) {
      api.answering("/v1/models", BOTH).silentFor(2);
      assertThat(await(api.uri(), Duration.ofSeconds(20)).in("ready")).containsExactly("digits 1");
    }
  }

  @Test
  void saysWhichVersionIsMissing() {
    try (FakeApi api = new FakeApi().answering("/v2/health/ready", "")) {
      api.answering("/v1/models", ONE);
      assertThatThrownBy(() -> await(api.uri(), Duration.ZERO))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContaining(
              "GET %s/v1/models answers 200 with iris 1 not listed.".formatted(api.uri()));
    }
  }

  @Test
  void saysThatWorkerIsNotReady() {
    try (FakeApi api = new FakeApi().answering("/v2/health/ready", "")) {
      api.answering("/v1/models", BOTH);
      assertThatThrownBy(() -> await(api.uri(), Duration.ZERO))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContaining("GET %s%s answers 404.".formatted(api.uri(), WORKER));
    }
  }

  /** A worker that serves nothing is not ready, and the reasons stand in the catalogue. */
  @Test
  void asksNoWorker_whenNoModelLoads() throws InterruptedException {
    try (FakeApi api = new FakeApi().answering("/v2/health/ready", "")) {
      api.answering("/v1/models", BOTH.replace("\"ready\"", "\"failed\""));
      assertThat(await(api.uri(), Duration.ZERO).in("failed"))
          .containsExactly("digits 1", "iris 1");
    }
  }

  @Test
  void saysThatApiIsNotReady() {
    try (FakeApi api = new FakeApi()) {
      assertThatThrownBy(() -> await(api.uri(), Duration.ZERO))
          .isInstanceOf(CannotStartException.class)
          .hasMessageContaining("GET %s/v2/health/ready answers 404.".formatted(api.uri()));
    }
  }

  @Test
  void saysThatNobodyAnswers() {
    URI nobody = URI.create("http://127.0.0.1:" + Ports.chosen(0));
    assertThatThrownBy(() -> await(nobody, Duration.ZERO))
        .isInstanceOf(CannotStartException.class)
        .hasMessageContaining("GET %s/v2/health/ready does not answer.".formatted(nobody));
  }

  @Test
  void returnsAtOnce_whenAbandoned() throws InterruptedException {
    try (FakeApi api = new FakeApi();
        Readiness readiness = new Readiness(api.uri(), api.uri(), SHIPPED)) {
      assertThat(readiness.await(Duration.ofMinutes(10), () -> true)).isEqualTo(Catalogue.EMPTY);
    }
  }

  /** One server stands for both. */
  private static Catalogue await(URI api, Duration atMost) throws InterruptedException {
    try (Readiness readiness = new Readiness(api, api, SHIPPED)) {
      return readiness.await(atMost, () -> false);
    }
  }
}
