package io.mlp.api.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.api.docs.OpenApi;
import io.mlp.api.owner.TestCallers;
import io.mlp.api.problem.ProblemException;
import io.mlp.job.store.JobFilter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Holds the described limits of lists against the filter that keeps them. */
class DescribedListTest {
  @Test
  void hasTheLimitsOfTheFilter() {
    JsonNode schema = parameter("limit").path("schema");
    int least = schema.path("minimum").asInt();
    int most = schema.path("maximum").asInt();
    assertThat(filter(least).limit()).isEqualTo(least);
    assertThat(filter(most).limit()).isEqualTo(most);
    assertThat(filter(null).limit()).isEqualTo(schema.path("default").asInt());
    assertThatThrownBy(() -> filter(least - 1)).isInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> filter(most + 1)).isInstanceOf(ProblemException.class);
  }

  private static JsonNode parameter(String name) {
    return OpenApi.read()
        .at("/paths/~1v1~1jobs/get/parameters")
        .valueStream()
        .filter(parameter -> parameter.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static JobFilter filter(@Nullable Integer limit) {
    return new ListParameters(null, null, null, null, null, null, null, limit)
        .filter(TestCallers.vision())
        .orElseThrow();
  }
}
