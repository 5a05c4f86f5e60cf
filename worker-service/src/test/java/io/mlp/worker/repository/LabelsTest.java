package io.mlp.worker.repository;

import static io.mlp.worker.inference.TestTensors.fp32;
import static io.mlp.worker.inference.TestTensors.fp64;
import static io.mlp.worker.inference.TestTensors.int64;
import static io.mlp.worker.inference.TestTensors.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mlp.job.Prediction;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.ModelRefused;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LabelsTest {
  private static final List<String> TEXTS = List.of("cat", "dog", "eel");
  private static final TensorSpec INDEX = spec("label", TensorType.INT64, -1);
  private static final TensorSpec SCORES = spec("odds", TensorType.FP32, -1, 3);
  private static final TensorSpec WIDE_SCORES = spec("odds", TensorType.FP64, -1, 3);
  private static final TensorSpec VECTOR = spec("vector", TensorType.FP32, -1, 8);

  private static TensorSpec spec(String name, TensorType type, long... shape) {
    return new TensorSpec(name, type, TensorShape.of(shape));
  }

  private static Labels labels(TensorSpec... outputs) throws ModelRefused {
    return Labels.of(TEXTS, List.of(), new ModelSignature(List.of(), List.of(outputs)));
  }

  private static Optional<List<Prediction>> read(Labels labels, Tensor... outputs) {
    return labels.read(List.of(outputs));
  }

  @Test
  void takesLabelOutputAndItsScore() throws ModelRefused {
    Labels labels = labels(VECTOR, SCORES, INDEX);
    assertThat(labels.outputs()).containsExactlyInAnyOrder("label", "odds");
    assertThat(
            read(
                labels,
                int64("label", shape(2), 2, 0),
                fp32("odds", shape(2, 3), 0, 0, 1, 0.25f, 0.5f, 0.25f)))
        .contains(List.of(new Prediction("eel", 1.0), new Prediction("cat", 0.25)));
  }

  /** A class numbered 1 is not the second one if the file's classes are 1, 2 and 3. */
  @Test
  void takesClassByItsNumber_whereTheFileNumbersItsClasses() throws ModelRefused {
    Labels labels = numbered(1, 2, 3);
    assertThat(
            read(
                labels,
                int64("label", shape(2), 1, 3),
                fp32("odds", shape(2, 3), 1, 0, 0, 0.25f, 0.25f, 0.5f)))
        .contains(List.of(new Prediction("cat", 1.0), new Prediction("eel", 0.5)));
    assertThat(read(labels, int64("label", shape(1), 4), fp32("odds", shape(1, 3), 1, 0, 0)))
        .isEmpty();
  }

  /** Some give a text to numbers that no class has. */
  @Test
  void takesClassAsPlace_whereEachNumberIsOne() throws ModelRefused {
    Labels labels =
        Labels.of(TEXTS, List.of(1L, 2L), new ModelSignature(List.of(), List.of(INDEX)));
    assertThat(read(labels, int64("label", shape(1), 1)))
        .contains(List.of(new Prediction("dog", null)));
  }

  @Test
  void refusesLabelsThatAreNotOneForEachClass() {
    assertThatExceptionOfType(ModelRefused.class)
        .isThrownBy(() -> numbered(10, 20))
        .satisfies(e ->
            assertThat(e.reason())
                .isEqualTo(
                    "labels: there are 3 (expected: one for each of the classes [10, 20] of the"
                        + " file, in this order)"));
  }

  private static Labels numbered(long... classes) throws ModelRefused {
    return Labels.of(
        TEXTS,
        LongStream.of(classes).boxed().toList(),
        new ModelSignature(List.of(), List.of(INDEX, SCORES)));
  }

  @Test
  void takesLabelOutputAlone_whenNoOutputHoldsScores() throws ModelRefused {
    assertThat(read(labels(INDEX, VECTOR), int64("label", shape(1), 1)))
        .contains(List.of(new Prediction("dog", null)));
  }

  @Test
  void takesGreatestScore_whenThereIsNoLabelOutput() throws ModelRefused {
    assertThat(
            read(
                labels(WIDE_SCORES),
                fp64("odds", shape(3, 3), 0.1, 0.7, 0.2, 4, Double.NaN, 4, -3, -2, -1)))
        .contains(
            List.of(
                new Prediction("dog", 0.7),
                new Prediction("cat", 4.0),
                new Prediction("eel", -1.0)));
  }

  @Test
  void leavesOutScoreThatIsNotFinite() throws ModelRefused {
    assertThat(
            read(labels(SCORES), fp32("odds", shape(1, 3), 0, Float.POSITIVE_INFINITY, Float.NaN)))
        .contains(List.of(new Prediction("dog", null)));
  }

  @Test
  void predictsNothing_whenOutputsPickNoLabel() throws ModelRefused {
    Labels both = labels(INDEX, SCORES);
    Tensor scores = fp32("odds", shape(1, 3), 0, 0, 1);
    assertThat(read(both, int64("label", shape(1), 3), scores)).isEmpty();
    assertThat(read(both, int64("label", shape(1), -1), scores)).isEmpty();
    assertThat(read(labels(SCORES), fp32("odds", shape(1, 3), Float.NaN, Float.NaN, Float.NaN)))
        .isEmpty();
  }

  @Test
  void predictsNothing_ofMoreRowsThanPeopleRead() throws ModelRefused {
    Labels labels = labels(INDEX);
    assertThat(read(labels, int64("label", shape(10_000), new long[10_000])))
        .hasValueSatisfying(predictions -> assertThat(predictions).hasSize(10_000));
    assertThat(read(labels, int64("label", shape(10_001), new long[10_001]))).isEmpty();
  }

  @Test
  void predictsNothing_whenAnOutputItNeedsIsMissing() throws ModelRefused {
    Labels both = labels(INDEX, SCORES);
    assertThat(read(both, int64("label", shape(1), 1))).isEmpty();
    assertThat(read(both, fp32("odds", shape(1, 3), 0, 0, 1))).isEmpty();
    assertThat(read(both, int64("label", shape(1, 1), 1), fp32("odds", shape(1, 3), 0, 0, 1)))
        .isEmpty();
  }

  @Test
  void refusesLabels_whenNoOutputPicksOne() {
    assertThatExceptionOfType(ModelRefused.class)
        .isThrownBy(() -> labels(VECTOR, spec("label", TensorType.FP32, -1)))
        .withMessage(
            "labels: no output picks one of them (expected: label INT64 [-1], or any FP32 or FP64"
                + " [-1, 3])");
  }

  @Test
  void predictsNothing_whenModelHasNoLabels() throws ModelRefused {
    Labels none =
        Labels.of(List.of(), List.of(), new ModelSignature(List.of(), List.of(INDEX, SCORES)));
    assertThat(none.outputs()).isEmpty();
    assertThat(read(none, int64("label", shape(1), 1))).isEmpty();
  }
}
