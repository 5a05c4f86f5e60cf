package io.mlp.worker.inference;

import static io.mlp.worker.inference.TestTensors.fp32;
import static io.mlp.worker.inference.TestTensors.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.worker.inference.InferenceOutcome.Succeeded;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DigitsAccuracyTest {
  private static final int PIXELS = 64;

  /** Any row that went to its neighbour would cost correct answers. */
  @Test
  void recognisesAsManyHeldOutDigitsAsWhenItWasTrained() throws IOException, ModelRefused {
    List<String[]> rows =
        Files.readAllLines(TestModels.DATASET.resolve("digits.csv")).stream()
            .skip(1)
            .map(line -> line.split(",", -1))
            .toList();
    List<InferenceRequest> requests = rows.stream().map(DigitsAccuracyTest::request).toList();
    List<InferenceOutcome> outcomes;
    try (OnnxModel model = TestModels.load("digits", 1)) {
      outcomes = MicroBatch.run(model, TestModels.batching(model, 64), requests);
    }
    int correct = 0;
    for (int i = 0; i < rows.size(); i++) {
      long label = ((Succeeded) outcomes.get(i)).outputs().getFirst().data().getLong();
      correct += label == Long.parseLong(rows.get(i)[PIXELS]) ? 1 : 0;
    }
    JsonNode figures =
        JsonMapper.shared().readTree(TestModels.DATASET.resolve("figures.json").toFile());
    assertThat(rows).hasSize(figures.at("/models/digits/1/rows").asInt());
    assertThat(correct).isEqualTo(figures.at("/models/digits/1/correct").asInt());
  }

  private static InferenceRequest request(String[] row) {
    float[] image = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      image[i] = Float.parseFloat(row[i]);
    }
    return new InferenceRequest(List.of(fp32("image", shape(1, PIXELS), image)), Set.of("label"));
  }
}
