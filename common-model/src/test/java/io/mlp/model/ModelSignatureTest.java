package io.mlp.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.tensor.Tensors;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelSignatureTest {
  private static final TensorSpec OPEN = spec("open", -1, 64);
  private static final TensorSpec OPEN_ROWS_ONLY = spec("label", -1);
  private static final TensorSpec FIXED = spec("fixed", 1, 64);
  private static final TensorSpec SCALAR = spec("scalar");

  @Test
  void mayBeBatched_whenEveryFirstDimensionIsOpen() {
    assertThat(whyNotBatched(List.of(OPEN), List.of(OPEN_ROWS_ONLY))).isEmpty();
  }

  /** Rows of several jobs could not be told apart, or would not fit in. */
  @Test
  void tellsTheInputOrOutputThatRulesOutBatches() {
    assertThat(whyNotBatched(List.of(OPEN, FIXED), List.of(OPEN)))
        .contains("the first dimension of input fixed [1, 64] is not open");
    assertThat(whyNotBatched(List.of(OPEN), List.of(OPEN, FIXED)))
        .contains("the first dimension of output fixed [1, 64] is not open");
    assertThat(whyNotBatched(List.of(OPEN, SCALAR), List.of(OPEN)))
        .contains("the first dimension of input scalar [] is not open");
    assertThat(whyNotBatched(List.of(OPEN), List.of(SCALAR))).isPresent();
    assertThat(whyNotBatched(List.of(spec("x", 64, -1)), List.of(OPEN))).isPresent();
    assertThat(whyNotBatched(List.of(), List.of(OPEN))).contains("the model has no inputs");
  }

  private static Optional<String> whyNotBatched(List<TensorSpec> inputs, List<TensorSpec> outputs) {
    return new ModelSignature(inputs, outputs).whyNotBatched();
  }

  @Test
  void findsInputsAndOutputsByName() {
    ModelSignature signature = new ModelSignature(List.of(OPEN, FIXED), List.of(SCALAR));

    assertThat(signature.input("fixed")).contains(FIXED);
    assertThat(signature.output("scalar")).contains(SCALAR);
    assertThat(signature.input("scalar")).isEmpty();
    assertThat(signature.output("fixed")).isEmpty();
    assertThat(signature.input("Fixed")).isEmpty();
  }

  @Test
  void putsTensorsInTheOrderOfItsInputs() {
    ModelSignature signature = new ModelSignature(List.of(spec("a", -1), spec("b", -1)), List.of());
    Tensor a = Tensors.fp32("a", 1, 1);
    Tensor b = Tensors.fp32("b", 1, 2);

    assertThat(signature.inOrder(List.of(b, a))).containsExactly(a, b);
    assertThat(signature.inOrder(List.of(Tensors.fp32("c", 1, 3), b))).containsExactly(b);
  }

  private static TensorSpec spec(String name, long... shape) {
    return new TensorSpec(name, TensorType.FP32, TensorShape.of(shape));
  }
}
