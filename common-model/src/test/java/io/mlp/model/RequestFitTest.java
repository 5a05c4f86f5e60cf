package io.mlp.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.model.Mismatch.MissingInput;
import io.mlp.model.Mismatch.NegativeDimension;
import io.mlp.model.Mismatch.NoRows;
import io.mlp.model.Mismatch.OtherRows;
import io.mlp.model.Mismatch.RepeatedInput;
import io.mlp.model.Mismatch.RepeatedOutput;
import io.mlp.model.Mismatch.UncountableElements;
import io.mlp.model.Mismatch.UnknownInput;
import io.mlp.model.Mismatch.UnknownOutput;
import io.mlp.model.Mismatch.WrongDatatype;
import io.mlp.model.Mismatch.WrongShape;
import io.mlp.model.RequestFit.Input;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.tensor.Tensors;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestFitTest {
  private static final List<String> ALL = List.of();

  private static final ModelSignature PAIR =
      new ModelSignature(
          List.of(
              spec("count", TensorType.INT64, -1),
              spec("image", TensorType.FP32, -1, 2),
              spec("any", TensorType.FP32, -1, -1)),
          List.of(spec("label", TensorType.INT64, -1), spec("scores", TensorType.FP32, -1, 3)));

  private static final Input COUNT = input("count", "INT64", 4);
  private static final Input IMAGE = input("image", "FP32", 4, 2);
  private static final Input ANY = input("any", "FP32", 4, 9);

  private static TensorSpec spec(String name, TensorType type, long... shape) {
    return new TensorSpec(name, type, TensorShape.of(shape));
  }

  private static Input input(String name, @Nullable String datatype, long... shape) {
    return new Input(name, datatype, TensorShape.of(shape));
  }

  private static List<Mismatch> batched(Input... inputs) {
    return RequestFit.of(PAIR, true, List.of(inputs), ALL);
  }

  private static List<Mismatch> whole(Input... inputs) {
    return RequestFit.of(PAIR, false, List.of(inputs), ALL);
  }

  @Test
  void findsNothing_whenAllFits() {
    assertThat(batched(ANY, COUNT, IMAGE)).isEmpty();
    assertThat(RequestFit.of(PAIR, true, List.of(COUNT, IMAGE, ANY), List.of("scores", "label")))
        .isEmpty();
    assertThat(RequestFit.of(new ModelSignature(List.of(), List.of()), false, List.of(), ALL))
        .isEmpty();
  }

  @Test
  void leavesADatatypeThatIsNotGivenToTheModel() {
    assertThat(batched(COUNT, input("image", null, 4, 2), ANY)).isEmpty();
  }

  @Test
  void findsWhatIsWrongWithAnInput() {
    assertThat(batched(COUNT, IMAGE, ANY, input("other", "FP32", 4)))
        .containsExactly(new UnknownInput(3, "other"));
    assertThat(batched(COUNT, IMAGE, ANY, COUNT)).containsExactly(new RepeatedInput(3, "count"));
    Input fp64 = input("image", "FP64", 4, 2);
    assertThat(batched(COUNT, fp64, ANY))
        .containsExactly(new WrongDatatype(1, fp64, TensorType.FP32));
    Input narrow = input("image", "FP32", 4, 1);
    assertThat(batched(COUNT, narrow, ANY))
        .containsExactly(new WrongShape(1, narrow, TensorShape.of(-1, 2)));
    Input scalar = input("image", "FP32");
    assertThat(batched(COUNT, scalar, ANY))
        .containsExactly(new WrongShape(1, scalar, TensorShape.of(-1, 2)));
  }

  /** An open dimension takes any size, but these are none. */
  @Test
  void findsShapesThatNoTensorHas() {
    Input negative = input("any", "FP32", 4, -1);
    assertThat(whole(COUNT, IMAGE, negative))
        .containsExactly(new NegativeDimension(2, negative, 1));
    Input vast = input("any", "FP32", 1L << 32, 1L << 32);
    assertThat(whole(COUNT, IMAGE, vast)).containsExactly(new UncountableElements(2, vast));
  }

  @Test
  void findsInputsThatAreMissing() {
    assertThat(batched(IMAGE)).containsExactly(new MissingInput("count"), new MissingInput("any"));
  }

  @Test
  void wantsRowsAndAsManyOfEachInput_whereRowsMayShareARun() {
    Input none = input("count", "INT64", 0);
    assertThat(batched(none, IMAGE, ANY)).containsExactly(new NoRows(0, "count"));
    assertThat(whole(none, IMAGE, ANY)).isEmpty();
    Input three = input("image", "FP32", 3, 2);
    assertThat(batched(COUNT, three, ANY)).containsExactly(new OtherRows(1, three, COUNT));
    assertThat(batched(COUNT, three)).contains(new OtherRows(1, three, COUNT));
    assertThat(whole(COUNT, three, ANY)).isEmpty();
  }

  @Test
  void comparesNoRows_whenAnInputDoesNotFitByItself() {
    Input narrow = input("image", "FP32", 3, 1);
    assertThat(batched(COUNT, narrow, input("any", "FP32", 5, 1)))
        .containsExactly(new WrongShape(1, narrow, TensorShape.of(-1, 2)));
  }

  @Test
  void findsOutputsThatTheModelHasNot_andThoseNamedTwice() {
    List<String> outputs = List.of("label", "scores", "label", "score");

    assertThat(RequestFit.of(PAIR, true, List.of(COUNT, IMAGE, ANY), outputs))
        .containsExactly(new RepeatedOutput(2, "label"), new UnknownOutput(3, "score"));
  }

  /** Who goes through the inputs of a request in their order meets them in this one. */
  @Test
  void tellsFirstOfEachInputInItsTurn_thenOfAll_thenOfTheOutputs() {
    Input fp64 = input("image", "FP64", 4, 2);

    assertThat(RequestFit.of(PAIR, true, List.of(input("x", null), COUNT, fp64), List.of("score")))
        .containsExactly(
            new UnknownInput(0, "x"),
            new WrongDatatype(2, fp64, TensorType.FP32),
            new MissingInput("any"),
            new UnknownOutput(0, "score"));
  }

  @Test
  void readsTensors() {
    List<Tensor> fitting =
        List.of(
            Tensors.int64("count", 2, 1, 2),
            Tensors.fp32("image", 2, 1, 2, 3, 4),
            Tensors.fp32("any", 2, 1, 2, 3, 4));

    assertThat(RequestFit.ofTensors(PAIR, true, fitting, ALL)).isEmpty();
    assertThat(
            RequestFit.ofTensors(
                PAIR, true, List.of(Tensors.fp32("count", 2, 1, 2)), List.of("score")))
        .extracting(Mismatch::detail)
        .containsExactly(
            "input count: type FP32 (expected: INT64)",
            "input image: missing",
            "input any: missing",
            "output score: the model has none of that name");
  }
}
