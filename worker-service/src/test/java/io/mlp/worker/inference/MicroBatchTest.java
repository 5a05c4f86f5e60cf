package io.mlp.worker.inference;

import static io.mlp.worker.inference.TestTensors.floats;
import static io.mlp.worker.inference.TestTensors.fp32;
import static io.mlp.worker.inference.TestTensors.int64;
import static io.mlp.worker.inference.TestTensors.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.model.Batching;
import io.mlp.tensor.Tensor;
import io.mlp.worker.inference.InferenceOutcome.Failed;
import io.mlp.worker.inference.InferenceOutcome.Succeeded;
import io.mlp.worker.inference.InferenceOutcome.Unanswered;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MicroBatchTest {
  private static InferenceRequest request(Tensor... inputs) {
    return new InferenceRequest(List.of(inputs), Set.of());
  }

  private static InferenceRequest index(long... rows) {
    return request(int64("x", shape(rows.length), rows));
  }

  /** As many rows as wide, all elements alike. */
  private static InferenceRequest block(int rows, int width, float element) {
    float[] elements = new float[rows * width];
    Arrays.fill(elements, element);
    return request(fp32("x", shape(rows, width), elements));
  }

  private static float[] answer(InferenceOutcome outcome) {
    return floats(((Succeeded) outcome).outputs().getFirst());
  }

  private static List<Integer> batchRows(List<InferenceOutcome> outcomes) {
    return outcomes.stream().map(outcome -> ((Succeeded) outcome).batchRows()).toList();
  }

  private static Failure failure(InferenceOutcome outcome) {
    return ((Failed) outcome).failure();
  }

  @Test
  void givesEachRequestItsOwnRows() throws ModelRefused {
    try (OnnxModel model = TestModels.load("table")) {
      List<InferenceOutcome> outcomes =
          MicroBatch.run(
              model, TestModels.batching(model, 64), List.of(index(2), index(0, 3), index(1)));
      assertThat(batchRows(outcomes)).containsExactly(4, 4, 4);
      assertThat(answer(outcomes.get(0))).containsExactly(4, 5);
      assertThat(answer(outcomes.get(1))).containsExactly(0, 1, 6, 7);
      assertThat(answer(outcomes.get(2))).containsExactly(2, 3);
    }
  }

  @Test
  void fillsRunsByRows_notByRequests() throws ModelRefused {
    try (OnnxModel model = TestModels.load("any_width")) {
      List<InferenceRequest> requests =
          List.of(block(2, 1, 1), block(2, 1, 2), block(1, 1, 3), block(4, 1, 4), block(1, 1, 5));
      assertThat(batchRows(MicroBatch.run(model, TestModels.batching(model, 4), requests)))
          .containsExactly(4, 4, 1, 4, 1);
    }
  }

  @Test
  void runsInChunks_whenOneRequestHasTooManyRows() throws ModelRefused {
    try (OnnxModel model = TestModels.load("table")) {
      List<InferenceOutcome> outcomes =
          MicroBatch.run(
              model,
              TestModels.batching(model, 2),
              List.of(index(1), index(0, 1, 2, 3, 0), index(2)));
      assertThat(batchRows(outcomes)).containsExactly(2, 2, 2);
      assertThat(answer(outcomes.get(1))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 0, 1);
      assertThat(answer(outcomes.get(2))).containsExactly(4, 5);
    }
  }

  @Test
  void failsAsAWhole_whenOneOfItsChunksFails() throws ModelRefused {
    try (OnnxModel model = TestModels.load("table")) {
      List<InferenceOutcome> outcomes =
          MicroBatch.run(model, TestModels.batching(model, 2), List.of(index(0, 1, 2, 9)));
      assertThat(failure(outcomes.getFirst()).kind()).isEqualTo(FailureKind.INVALID_INPUT);
    }
  }

  @Test
  void runsApart_whenShapesDifferBeyondTheFirstDimension() throws ModelRefused {
    try (OnnxModel model = TestModels.load("any_width")) {
      List<InferenceOutcome> outcomes =
          MicroBatch.run(
              model,
              TestModels.batching(model, 64),
              List.of(block(1, 2, 1), block(1, 3, 2), block(2, 2, 3)));
      assertThat(batchRows(outcomes)).containsExactly(3, 1, 3);
      assertThat(answer(outcomes.get(1))).containsExactly(-2, -2, -2);
      assertThat(answer(outcomes.get(2))).containsExactly(-3, -3, -3, -3);
    }
  }

  @Test
  void runsApart_whenOutputsAskedForDiffer() throws ModelRefused {
    List<Tensor> inputs = List.of(fp32("a", shape(1, 2), 5, 7), fp32("b", shape(1, 2), 1, 2));
    try (OnnxModel model = TestModels.load("two_by_two")) {
      List<InferenceOutcome> outcomes =
          MicroBatch.run(
              model,
              Batching.declared(64),
              List.of(
                  new InferenceRequest(inputs, Set.of("sum")),
                  new InferenceRequest(inputs.reversed(), Set.of("difference")),
                  new InferenceRequest(inputs.reversed(), Set.of("sum"))));
      assertThat(batchRows(outcomes)).containsExactly(2, 1, 2);
      assertThat(answer(outcomes.get(1))).containsExactly(4, 5);
      assertThat(((Succeeded) outcomes.get(2)).outputs())
          .containsExactly(fp32("sum", shape(1, 2), 6, 9));
    }
  }

  @Test
  void halvesBatch_untilBadJobStandsAlone() throws ModelRefused {
    try (OnnxModel model = TestModels.load("table")) {
      List<InferenceRequest> requests = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        requests.add(index(i % 4));
      }
      requests.set(5, index(9));
      List<InferenceOutcome> outcomes =
          MicroBatch.run(model, TestModels.batching(model, 64), requests);
      assertThat(failure(outcomes.get(5)).kind()).isEqualTo(FailureKind.INVALID_INPUT);
      outcomes = new ArrayList<>(outcomes);
      outcomes.remove(5);
      assertThat(batchRows(outcomes)).containsExactly(4, 4, 4, 4, 1, 2, 2, 8, 8, 8, 8, 8, 8, 8, 8);
      assertThat(answer(outcomes.get(4))).containsExactly(0, 1);
    }
  }

  @Test
  void keepsRequestsThatDoNotFitOutOfTheBatch() throws ModelRefused {
    try (OnnxModel model = TestModels.load("table")) {
      List<InferenceOutcome> outcomes =
          MicroBatch.run(
              model,
              TestModels.batching(model, 64),
              List.of(index(1), block(1, 1, 1), index(), index(2)));
      assertThat(failure(outcomes.get(1)).detail()).startsWith("input x: type FP32");
      assertThat(failure(outcomes.get(2)).detail()).isEqualTo("input x: no rows");
      assertThat(batchRows(List.of(outcomes.get(0), outcomes.get(3)))).containsExactly(2, 2);
    }
  }

  @Test
  void failsRequestWithoutRows_whateverTheModel() throws ModelRefused {
    try (OnnxModel model = TestModels.load("digits", 1)) {
      Tensor none = fp32("image", shape(0, 64));
      assertThat(
              failure(
                  MicroBatch.run(model, TestModels.batching(model, 64), List.of(request(none)))
                      .getFirst()))
          .isEqualTo(new Failure(FailureKind.INVALID_INPUT, "input image: no rows"));
    }
  }

  @Test
  void runsOneRequestAtATime_whenModelIsNotBatchable() throws ModelRefused {
    try (OnnxModel model = TestModels.load("one_row_only")) {
      List<InferenceOutcome> outcomes =
          MicroBatch.run(
              model,
              TestModels.batching(model, 64),
              List.of(block(1, 3, 1), block(2, 3, 2), block(1, 3, 3)));
      assertThat(failure(outcomes.get(1)).kind()).isEqualTo(FailureKind.INVALID_INPUT);
      assertThat(batchRows(List.of(outcomes.get(0), outcomes.get(2)))).containsExactly(1, 1);
      assertThat(answer(outcomes.get(2))).containsExactly(-3, -3, -3);
    }
  }

  @Test
  void runsModelWithoutInputs() throws ModelRefused {
    try (OnnxModel model = TestModels.load("constant")) {
      List<InferenceOutcome> outcomes =
          MicroBatch.run(model, TestModels.batching(model, 64), List.of(request(), request()));
      assertThat(answer(outcomes.get(1))).containsExactly(1, 2, 3);
    }
  }

  @Test
  void blamesModel_whenItReturnsOtherRowsThanItWasGiven() throws ModelRefused {
    for (String name : List.of("drops_rows_below_zero", "doubles_the_batch")) {
      try (OnnxModel model = TestModels.load(name)) {
        Failure failure =
            failure(
                MicroBatch.run(model, TestModels.batching(model, 64), List.of(block(3, 2, -1)))
                    .getFirst());
        assertThat(failure.kind()).isEqualTo(FailureKind.MODEL_ERROR);
        assertThat(failure.detail())
            .startsWith("output y has the shape")
            .endsWith("for 3 rows of input, though the model is batched");
      }
    }
  }

  @Test
  void mixesNoResults_whenModelReturnsOtherRowsThanItWasGiven() throws ModelRefused {
    try (OnnxModel model = TestModels.load("drops_rows_below_zero")) {
      List<InferenceOutcome> outcomes =
          MicroBatch.run(
              model,
              TestModels.batching(model, 64),
              List.of(block(1, 2, 1), block(2, 2, -2), block(1, 2, 3)));
      assertThat(answer(outcomes.get(0))).containsExactly(1, 1);
      assertThat(failure(outcomes.get(1)).kind()).isEqualTo(FailureKind.MODEL_ERROR);
      assertThat(answer(outcomes.get(2))).containsExactly(3, 3);
    }
  }

  @Test
  void blamesModel_whenChunksOfOneRequestDoNotFitTogether() throws ModelRefused {
    try (OnnxModel model = TestModels.load("as_wide_as_the_batch")) {
      Failure failure =
          failure(
              MicroBatch.run(model, TestModels.batching(model, 2), List.of(block(3, 1, 1)))
                  .getFirst());
      assertThat(failure)
          .isEqualTo(
              new Failure(
                  FailureKind.MODEL_ERROR,
                  "output y has the shape [2, 2] for some rows and [1, 1] for others; fewer rows at"
                      + " once may do"));
    }
  }

  @Test
  void measuresTimeInsideTheModel() throws ModelRefused {
    try (OnnxModel model = TestModels.load("digits", 1)) {
      Tensor image = fp32("image", shape(3, 64), new float[3 * 64]);
      for (int maxRows : IntStream.of(1, 64).toArray()) {
        Succeeded outcome =
            (Succeeded)
                MicroBatch.run(model, TestModels.batching(model, maxRows), List.of(request(image)))
                    .getFirst();
        assertThat(outcome.compute()).isPositive();
      }
    }
  }

  @Test
  void answersNothing_whenThereAreNoRequests() throws ModelRefused {
    try (OnnxModel model = TestModels.load("digits", 1)) {
      assertThat(MicroBatch.run(model, TestModels.batching(model, 64), List.of())).isEmpty();
    }
  }

  @Test
  void failsEveryRequest_whenModelWasUnloaded() throws ModelRefused {
    OnnxModel model = TestModels.load("table");
    model.close();
    assertThat(MicroBatch.run(model, TestModels.batching(model, 64), List.of(index(1), index(2))))
        .containsOnly(
            new Failed(
                new Failure(FailureKind.MODEL_UNAVAILABLE, "the model version was unloaded")));
  }

  /** Ends runs at their beginning, and writes down which were tried. */
  private record Ending(Consumer<InferenceRun> end, List<List<Integer>> begun)
      implements RunObserver {
    /** As if these requests took for ever. */
    static Ending tooSlow(Integer... requests) {
      return new Ending(
          run -> {
            if (!Collections.disjoint(run.requests(), List.of(requests))) {
              run.fail(TOO_SLOW);
            }
          },
          new ArrayList<>());
    }

    @Override
    public void begins(InferenceRun run) {
      begun.add(run.requests());
      end.accept(run);
    }

    @Override
    public void answered(long rows) {}

    @Override
    public void ended(InferenceRun run) {}
  }

  private static final Failure TOO_SLOW = new Failure(FailureKind.TIMEOUT, "too slow");

  private static List<InferenceRequest> indexes(int count) {
    return IntStream.range(0, count).mapToObj(i -> index(i)).toList();
  }

  @Test
  void findsTheRequestThatTakesTooLong_byHalves() throws ModelRefused {
    try (OnnxModel model = TestModels.load("loops")) {
      Ending ending = Ending.tooSlow(5);
      List<InferenceOutcome> outcomes =
          MicroBatch.run(model, TestModels.batching(model, 64), indexes(8), ending);
      assertThat(failure(outcomes.get(5))).isEqualTo(TOO_SLOW);
      List<InferenceOutcome> others = new ArrayList<>(outcomes);
      others.remove(5);
      assertThat(others).allMatch(Succeeded.class::isInstance);
      assertThat(ending.begun)
          .containsExactly(
              List.of(0, 1, 2, 3, 4, 5, 6, 7),
              List.of(0, 1, 2, 3),
              List.of(4, 5, 6, 7),
              List.of(4, 5),
              List.of(4),
              List.of(5),
              List.of(6, 7));
    }
  }

  /** Each such run costs the whole limit, so there must be an end to it. */
  @Test
  void leavesRequestsUnanswered_onceSomeHaveTakenTooLong() throws ModelRefused {
    try (OnnxModel model = TestModels.load("loops")) {
      Ending ending = Ending.tooSlow(0, 6);
      List<InferenceOutcome> outcomes =
          MicroBatch.run(model, TestModels.batching(model, 64), indexes(8), ending);
      assertThat(failure(outcomes.get(0))).isEqualTo(TOO_SLOW);
      assertThat(outcomes.subList(1, 4)).allMatch(Succeeded.class::isInstance);
      assertThat(outcomes.subList(4, 8)).allMatch(Unanswered.class::isInstance);
    }
  }

  @Test
  void givesNoAnswerForARunThatIsAbandoned() throws ModelRefused {
    try (OnnxModel model = TestModels.load("loops")) {
      Ending ending = new Ending(InferenceRun::abandon, new ArrayList<>());
      assertThat(MicroBatch.run(model, TestModels.batching(model, 2), indexes(3), ending))
          .hasSize(3)
          .allMatch(Unanswered.class::isInstance);
      assertThat(ending.begun).containsExactly(List.of(0, 1), List.of(2));
    }
  }
}
