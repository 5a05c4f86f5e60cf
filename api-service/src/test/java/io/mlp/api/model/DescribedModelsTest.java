package io.mlp.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.docs.OpenApi;
import io.mlp.api.problem.Problems;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Holds what the api answers about models, in every state, against the description. */
@WebMvcTest(controllers = ModelController.class, properties = "spring.config.name=api")
@Import(Problems.Answers.class)
class DescribedModelsTest {
  private final OpenApi openApi = OpenApi.read();
  private final MockMvcTester server;

  @Autowired
  DescribedModelsTest(MockMvcTester server) {
    this.server = server;
  }

  @Test
  void comeInEveryState() {
    MvcTestResult answer = server.get().uri("/v1/models?retired=true").exchange();
    assertThat(answer).hasStatusOk().hasContentType("application/json");
    assertThat(answer)
        .bodyJson()
        .extractingPath("$.models[*].versions[*].state")
        .asArray()
        .containsExactly("retired", "waiting", "ready", "failed");
    openApi.assertDescribes("Models", answer.getResponse().getContentAsByteArray());
  }

  @Test
  void comeAlone() {
    MvcTestResult answer = server.get().uri("/v1/models/iris").exchange();
    assertThat(answer).hasStatusOk().bodyJson().extractingPath("default_version").isEqualTo("1");
    openApi.assertDescribes("Model", answer.getResponse().getContentAsByteArray());
  }

  @Test
  void areProblemsIfUnknown() {
    MvcTestResult answer = server.get().uri("/v1/models/nope").exchange();
    assertThat(answer).hasStatus(404).hasContentType("application/problem+json");
    openApi.assertDescribes("Problem", answer.getResponse().getContentAsByteArray());
  }

  @TestConfiguration(proxyBeanMethods = false)
  static class Registered implements RegisteredVersions {
    @Bean
    ModelCatalogue catalogue() {
      Duration second = Duration.ofSeconds(1);
      return new ModelCatalogue(this, new ModelSettings(second, second, second));
    }

    @Override
    public List<RegisteredVersion> findAll() {
      return List.of(
          version(1, null, null, null),
          version(2, "Irises", "[\"a\"]", "{\"x\":[[1]]}"),
          retired(version(4, null, null, null)));
    }

    private static RegisteredVersion retired(RegisteredVersion version) {
      version.retiredAt = Instant.parse("2026-11-24T09:00:00Z");
      return version;
    }

    private static RegisteredVersion version(
        int number,
        @Nullable String description,
        @Nullable String labels,
        @Nullable String example) {
      RegisteredVersion version = new RegisteredVersion();
      version.id = number;
      version.model = "iris";
      version.version = number;
      version.digest = "%064x".formatted(number);
      version.description = description;
      version.inputs = "[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,4]}]";
      version.outputs = "[{\"name\":\"y\",\"datatype\":\"INT64\",\"shape\":[]}]";
      version.labels = labels;
      version.example = example;
      version.maxBatchRows = 64;
      version.batching = "tested";
      version.repeatable = true;
      version.registeredAt = Instant.parse("2026-11-24T08:53:00.305514Z");
      return version;
    }

    @Override
    public List<Sighting> findSightings(double seconds) {
      return List.of(
          new Seen(1, "ready", "%064x".formatted(1), "%064x".formatted(9), null),
          new Seen(3, "failed", null, null, "broken"));
    }

    @Override
    public int retire(double grace, double silence) {
      return 0;
    }

    @Override
    public int revive(double silence) {
      return 0;
    }
  }

  private record Seen(
      int getVersion,
      String getState,
      @Nullable String getDigest,
      @Nullable String getOffered,
      @Nullable String getReason)
      implements RegisteredVersions.Sighting {
    @Override
    public String getModel() {
      return "iris";
    }

    @Override
    public String getWorker() {
      return "worker-1";
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "1", "TRUE"})
  void wantRetiredToBeTrueOrFalse(String retired) {
    assertThat(server.get().uri("/v1/models?retired=" + retired)).hasStatus(400);
  }
}
