package io.mlp.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelSignatureTest {
  private static final TensorSpec OPEN = spec("open", -1, 64);
  private static final TensorSpec OPEN_ROWS_ONLY = spec("label", -1);
  private static final TensorSpec FIXED = spec("fixed", 1, 64);
  private static final TensorSpec SCALAR = spec("scalar");

  @Test
  void isBatchable_whenEveryFirstDimensionIsOpen() {
    assertThat(new ModelSignature(List.of(OPEN), List.of(OPEN_ROWS_ONLY)).batchable()).isTrue();
  }

  /** Rows of several jobs could not be told apart, or would not fit in. */
  @Test
  void isNotBatchable_whenAnInputOrOutputHasNoOpenFirstDimension() {
    assertThat(new ModelSignature(List.of(OPEN, FIXED), List.of(OPEN)).batchable()).isFalse();
    assertThat(new ModelSignature(List.of(OPEN), List.of(OPEN, FIXED)).batchable()).isFalse();
    assertThat(new ModelSignature(List.of(OPEN, SCALAR), List.of(OPEN)).batchable()).isFalse();
    assertThat(new ModelSignature(List.of(OPEN), List.of(SCALAR)).batchable()).isFalse();
    assertThat(new ModelSignature(List.of(spec("x", 64, -1)), List.of(OPEN)).batchable()).isFalse();
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

  private static TensorSpec spec(String name, long... shape) {
    return new TensorSpec(name, TensorType.FP32, TensorShape.of(shape));
  }
}
