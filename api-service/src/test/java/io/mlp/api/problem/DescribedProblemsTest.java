package io.mlp.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.docs.OpenApi;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

/** Holds the problems that the description shows against those that the api answers with. */
class DescribedProblemsTest {
  private static final OpenApi OPEN_API = OpenApi.read();
  static final List<OpenApi.Example> EXAMPLES =
      OPEN_API.examples().stream()
          .filter(example -> example.value().has("request_id") && example.value().has("type"))
          .toList();

  @Test
  void areAllTypesThereAre() {
    assertThat(OPEN_API.values("Problem/properties/type"))
        .isEqualTo(Arrays.stream(ProblemType.values()).map(type -> type.uri().toString()).toList());
  }

  @ParameterizedTest
  @FieldSource("EXAMPLES")
  void haveTheTitleAndStatusOfTheirType(OpenApi.Example example) {
    JsonNode problem = example.value();
    ProblemType type =
        Arrays.stream(ProblemType.values())
            .filter(it -> it.uri().toString().equals(problem.path("type").asString()))
            .findFirst()
            .orElseThrow();
    assertThat(problem.path("title").asString()).isEqualTo(type.title());
    assertThat(problem.path("status").asInt()).isEqualTo(type.status().value());
  }

  @ParameterizedTest
  @FieldSource("EXAMPLES")
  void standUnderTheirStatus(OpenApi.Example example) {
    String status = example.value().path("status").asString();
    assertThat(example.pointer())
        .containsPattern("/responses/(%s|default|[A-Z]\\w+)/content".formatted(status));
  }
}
