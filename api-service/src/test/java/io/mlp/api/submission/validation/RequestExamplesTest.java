package io.mlp.api.submission.validation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.api.docs.OpenApi;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.submission.reading.JobRequest;
import io.mlp.api.submission.reading.JobRequestReader;
import io.mlp.api.submission.reading.RawTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Holds the requests that the description shows against the reader and the shipped models. */
class RequestExamplesTest {
  private static final OpenApi OPEN_API = OpenApi.read();
  static final List<OpenApi.Example> EXAMPLES = OPEN_API.requestExamples("/v1/jobs");
  private static final Path MODELS = Path.of("../models");

  @ParameterizedTest
  @FieldSource("EXAMPLES")
  void areAcceptedByTheReader(OpenApi.Example example) {
    JobRequest request = read(example.value());
    assertThat(request.model()).isEqualTo(example.value().path("model").asString());
    assertThat(request.inputs()).isNotEmpty();
  }

  @Test
  void areOfBothForms() {
    assertThat(EXAMPLES)
        .anyMatch(example -> example.value().path("inputs").isArray())
        .anyMatch(example -> example.value().path("inputs").isObject());
  }

  @ParameterizedTest
  @FieldSource("EXAMPLES")
  void nameTheInputsOfShippedModels(OpenApi.Example example) {
    JobRequest request = read(example.value());
    Path model = MODELS.resolve(request.model());
    JsonNode shipped = new YAMLMapper().readTree(model.resolve("model.yaml")).path("example");
    Set<String> inputs = request.inputs().stream().map(RawTensor::name).collect(Collectors.toSet());
    assertThat(inputs).isEqualTo(shipped.propertyNames());
    String version = request.version();
    assertThat(version == null || Files.exists(model.resolve(version))).isTrue();
  }

  /** The description names every member that the reader takes, and none that it refuses. */
  @Test
  void areOfTheMembersThatTheReaderKnows() {
    Set<String> shown =
        EXAMPLES.stream()
            .flatMap(example -> example.value().propertyNames().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(OPEN_API.properties("JobRequest")).isEqualTo(shown);
  }

  @ParameterizedTest
  @FieldSource("EXAMPLES")
  void areRefusedWithAMemberMore(OpenApi.Example example) {
    var body = example.value().deepCopy().asObject().put("cached", "use");
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.VALIDATION_ERROR));
  }

  private static JobRequest read(JsonNode body) {
    return JobRequestReader.read(
        JsonMapper.shared().writeValueAsString(body).getBytes(UTF_8),
        new MemoryBudget(Long.MAX_VALUE, Duration.ZERO).open());
  }
}
