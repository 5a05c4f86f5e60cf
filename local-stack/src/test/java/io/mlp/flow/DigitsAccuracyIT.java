package io.mlp.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Every held-out row as a job of its own, sent by sixteen clients at a time so that batches form:
 * the answers are as good as {@code dataset/figures.json} says, to the last row. What mixes up rows
 * of a batch, or loses precision on the way, shows here.
 */
@ExtendWith(SharedStack.class)
class DigitsAccuracyIT {
  private static final int CLIENTS = 16;

  private final Client client;

  DigitsAccuracyIT(Stack stack) {
    this.client = stack.client();
  }

  @Test
  void everyHeldOutDigitGetsTheLabelThatItsFiguresCount() {
    assertLabels(HeldOut.DIGITS, 1, run(HeldOut.DIGITS, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyHeldOutIrisGetsTheLabelThatTheFiguresOfThePinnedVersionCount(int version) {
    assertLabels(HeldOut.IRIS, version, run(HeldOut.IRIS, version));
  }

  @Test
  void theDiabetesModelIsAsCloseToTheTruthAsItsFiguresSay() {
    List<JsonNode> jobs = run(HeldOut.DIABETES, 1);
    double[] truth = HeldOut.DIABETES.rows().stream().mapToDouble(HeldOut.Row::truth).toArray();
    double[] answers =
        jobs.stream()
            .mapToDouble(job -> Client.output(job, "progression").get(0).asDouble())
            .toArray();
    double mean =
        IntStream.range(0, truth.length).mapToDouble(i -> truth[i]).average().orElseThrow();
    double absolute = 0;
    double residual = 0;
    double total = 0;
    for (int i = 0; i < truth.length; i++) {
      absolute += Math.abs(truth[i] - answers[i]);
      residual += Math.pow(truth[i] - answers[i], 2);
      total += Math.pow(truth[i] - mean, 2);
    }
    JsonNode figures = HeldOut.DIABETES.figures(1);
    assertThat(1 - residual / total).isCloseTo(figures.path("r2").asDouble(), within(1e-4));
    assertThat(absolute / truth.length)
        .isCloseTo(figures.path("mean_absolute_error").asDouble(), within(1e-4));
  }

  /** All rows; half of the requests wait for their answer, the others come back for it. */
  private List<JsonNode> run(HeldOut set, int version) {
    String pinned = ", \"version\": \"%d\"".formatted(version);
    List<JsonNode> jobs =
        Client.sideBySide(
            CLIENTS,
            IntStream.range(0, set.rows().size()).boxed().toList(),
            i -> {
              HeldOut.Row row = set.rows().get(i);
              return i % 2 == 0
                  ? client.run(set.job(row, pinned))
                  : polled(set.protocolJob(row, pinned));
            });
    assertThat(jobs).hasSize(set.figures(version).path("rows").asInt());
    assertThat(jobs)
        .allSatisfy(job -> {
          assertThat(job.path("status").asString()).isEqualTo("succeeded");
          assertThat(job.path("version").asString()).isEqualTo(Integer.toString(version));
          assertThat(job.path("model_digest")).isEqualTo(set.figures(version).path("sha256"));
        });
    return jobs;
  }

  private JsonNode polled(String body) {
    UUID id = client.submit(body);
    return client.awaitEnd(id);
  }

  private void assertLabels(HeldOut set, int version, List<JsonNode> jobs) {
    JsonNode names = client.get("/v1/models/" + set.model()).json().at("/versions/0/labels");
    int correct = 0;
    for (int i = 0; i < jobs.size(); i++) {
      int label = Client.output(jobs.get(i), "label").get(0).asInt();
      assertThat(jobs.get(i).at("/predictions/0/label")).isEqualTo(names.get(label));
      correct += label == set.rows().get(i).truth() ? 1 : 0;
    }
    assertThat(correct).isEqualTo(set.figures(version).path("correct").asInt());
  }
}
