package io.mlp.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTypeTest {
  @Test
  void areThoseOfTheOpenInferenceProtocol() {
    assertThat(TensorType.values())
        .extracting(type -> type.name() + ":" + type.bytes())
        .containsExactly(
            "BOOL:1",
            "UINT8:1",
            "UINT16:2",
            "UINT32:4",
            "UINT64:8",
            "INT8:1",
            "INT16:2",
            "INT32:4",
            "INT64:8",
            "FP16:2",
            "FP32:4",
            "FP64:8",
            "BYTES:0");
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void isFoundByItsName(TensorType type) {
    assertThat(TensorType.named(type.name())).contains(type);
  }

  @Test
  void namesOfOthersAreUnknown() {
    assertThat(TensorType.named("fp32")).isEmpty();
    assertThat(TensorType.named("BF16")).isEmpty();
    assertThat(TensorType.named("STRING")).isEmpty();
  }
}
