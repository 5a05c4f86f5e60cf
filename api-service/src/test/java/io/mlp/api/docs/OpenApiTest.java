package io.mlp.api.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.audit.Act;
import io.mlp.job.CachePolicy;
import io.mlp.job.CacheResult;
import io.mlp.job.FailureKind;
import io.mlp.job.JobStatus;
import io.mlp.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** Holds the description against itself and against the enums of the code. */
class OpenApiTest {
  private final OpenApi openApi = OpenApi.read();

  @TestFactory
  Stream<DynamicTest> showsExamplesThatTheirSchemasAllow() {
    List<OpenApi.Example> examples = openApi.examples();
    assertThat(examples).hasSizeGreaterThan(60);
    return examples.stream().map(this::allowed);
  }

  private DynamicTest allowed(OpenApi.Example example) {
    return DynamicTest.dynamicTest(
        example.pointer(),
        () ->
            assertThat(openApi.violations(example.schema(), example.value()))
                .as(example.pointer())
                .isEmpty());
  }

  @Test
  void showsAnExampleOfEveryBody() {
    List<String> without =
        openApi.nodes().entrySet().stream()
            .filter(node -> node.getKey().matches(".*/content/application~1[a-z+]+"))
            .filter(node -> node.getValue().path("examples").isEmpty())
            .map(Map.Entry::getKey)
            .toList();
    assertThat(without).isEmpty();
  }

  @Test
  void describesEverySchemaPropertyParameterAndAnswer() {
    List<String> without =
        openApi.nodes().entrySet().stream()
            .filter(node ->
                node.getKey()
                    .matches(
                        "/components/schemas/[^/]+(/properties/[^/]+)?"
                            + "|.*/(parameters|responses|headers)/[^/]+"))
            .filter(node -> !described(node.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    assertThat(without).isEmpty();
  }

  private boolean described(JsonNode node) {
    return node.has("description") || openApi.resolved(node).has("description");
  }

  /** So that an answer with a member that is not described conforms to nothing. */
  @Test
  void leavesNoObjectOpen() {
    List<String> open =
        openApi.nodes().entrySet().stream()
            .filter(node -> node.getKey().contains("/schemas/"))
            .filter(node -> node.getValue().path("properties").isObject())
            .filter(node -> !node.getValue().path("additionalProperties").isBoolean())
            .map(Map.Entry::getKey)
            .toList();
    assertThat(open).isEmpty();
  }

  @Test
  void limitsValuesToThoseOfTheCode() {
    assertThat(openApi.values("JobStatus"))
        .isEqualTo(Arrays.stream(JobStatus.values()).map(JobStatus::text).toList());
    assertThat(openApi.values("JobError/properties/kind"))
        .isEqualTo(Arrays.stream(FailureKind.values()).map(FailureKind::text).toList());
    assertThat(openApi.values("JobMetrics/properties/cache"))
        .isEqualTo(Arrays.stream(CacheResult.values()).map(CacheResult::text).toList());
    assertThat(openApi.values("JobRequest/properties/cache"))
        .isEqualTo(Arrays.stream(CachePolicy.values()).map(CachePolicy::text).toList());
    assertThat(openApi.values("Act"))
        .isEqualTo(Arrays.stream(Act.values()).map(Act::text).toList());
    assertThat(openApi.values("Datatype"))
        .isEqualTo(Arrays.stream(TensorType.values()).map(TensorType::name).toList());
  }
}
