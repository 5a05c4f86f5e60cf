package io.mlp.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.api.owner.TestCallers;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class ModelControllerTest {
  private static final ModelSignature SIGNATURE =
      new ModelSignature(
          List.of(new TensorSpec("image", TensorType.FP32, TensorShape.of(-1, 64))),
          List.of(new TensorSpec("label", TensorType.INT64, TensorShape.of(-1))));

  private final FakeRegistry registry =
      new FakeRegistry()
          .version("digits", 1, SIGNATURE)
          .version("digits", 2, SIGNATURE)
          .served("digits", 1, "worker-a")
          .refused("digits", 3, "worker-a", "no ONNX file");

  @Test
  void showsEachVersionWithItsState() {
    assertThat(client().get().uri("/v1/models/digits"))
        .hasStatusOk()
        .bodyJson()
        .isStrictlyEqualTo(
            """
            {
              "name": "digits",
              "default_version": "1",
              "versions": [
                {
                  "version": "2",
                  "state": "waiting",
                  "digest": "digest of digits 2",
                  "inputs": [{"name": "image", "datatype": "FP32", "shape": [-1, 64]}],
                  "outputs": [{"name": "label", "datatype": "INT64", "shape": [-1]}],
                  "max_batch_rows": 64,
                  "batching": {"mode": "tested"},
                  "registered_at": "2026-11-24T08:00:00Z",
                  "workers": []
                },
                {
                  "version": "1",
                  "state": "ready",
                  "digest": "digest of digits 1",
                  "inputs": [{"name": "image", "datatype": "FP32", "shape": [-1, 64]}],
                  "outputs": [{"name": "label", "datatype": "INT64", "shape": [-1]}],
                  "max_batch_rows": 64,
                  "batching": {"mode": "tested"},
                  "registered_at": "2026-11-24T08:00:00Z",
                  "workers": ["worker-a"]
                },
                {
                  "version": "3",
                  "state": "failed",
                  "reason": "no ONNX file",
                  "workers": ["worker-a"]
                }
              ]
            }
            """);
  }

  @Test
  void listsTheModels() {
    registry.refused("broken", 1, "worker-a", "no ONNX file");

    assertThat(client().get().uri("/v1/models"))
        .bodyJson()
        .extractingPath("$.models[*].name")
        .asArray()
        .containsExactly("broken", "digits");
  }

  @Test
  void showsTheExampleOfOneModel_butNoneInTheList() {
    registry.example("digits", 1, "{\"image\": [[1]]}");

    assertThat(client().get().uri("/v1/models/digits"))
        .bodyJson()
        .extractingPath("$.versions[1].example.image[0][0]")
        .isEqualTo(1);
    assertThat(client().get().uri("/v1/models")).bodyText().doesNotContain("example");
  }

  @Test
  void showsWhatIsRetired_onlyWhenAskedForIt() {
    registry.version("old", 1, SIGNATURE).retired("old", 1).retired("digits", 2);

    assertThat(states("/v1/models/digits")).containsExactly("ready", "failed");
    assertThat(states("/v1/models/digits?retired=true"))
        .containsExactly("retired", "ready", "failed");
    assertThat(names("/v1/models")).containsExactly("digits");
    assertThat(names("/v1/models?retired=true")).containsExactly("digits", "old");
    assertThat(states("/v1/models/old?retired=true")).containsExactly("retired");
    assertThat(client().get().uri("/v1/models/old"))
        .hasFailed()
        .failure()
        .hasMessageContaining("Model old is retired");
  }

  @Test
  void knowsAModelThatWasRegisteredAMomentAgo() {
    MockMvcTester client = client();
    registry.version("new", 1, SIGNATURE);

    assertThat(client.get().uri("/v1/models/new")).hasStatusOk();
  }

  @Test
  void saysOfNoModelThatItIsNotThere_whileTheDatabaseIsAway() {
    MockMvcTester client = client();
    registry.away(true);

    assertThat(client.get().uri("/v1/models/digits")).hasStatusOk();
    assertThat(client.get().uri("/v1/models/new"))
        .hasFailed()
        .failure()
        .hasMessageContaining("Which models there are cannot be read");
  }

  /** A client's typing error is mended by the list. */
  @Test
  void namesTheModelsThereAre_whenAskedForAnother() {
    assertThat(client().get().uri("/v1/models/digit"))
        .hasFailed()
        .failure()
        .hasMessageContaining("No model digit; there are: digits");
  }

  private List<Object> states(String path) {
    return found(path, "$.versions[*].state");
  }

  private List<Object> names(String path) {
    return found(path, "$.models[*].name");
  }

  private List<Object> found(String path, String expression) {
    List<Object> found = new ArrayList<>();
    assertThat(client().get().uri(path))
        .bodyJson()
        .extractingPath(expression)
        .asArray()
        .satisfies(values -> found.addAll(List.of(values)));
    return found;
  }

  private MockMvcTester client() {
    JsonMapper json =
        JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
    return MockMvcTester.create(
        MockMvcBuilders.standaloneSetup(new ModelController(registry.catalogue()))
            .setCustomArgumentResolvers(TestCallers.always(TestCallers.vision()))
            .setMessageConverters(new JacksonJsonHttpMessageConverter(json))
            .build());
  }
}
