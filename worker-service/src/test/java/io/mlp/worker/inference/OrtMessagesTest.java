package io.mlp.worker.inference;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import org.junit.jupiter.api.Test;

/** The messages are those of ONNX Runtime 1.28.0, shortened where it says a great deal more. */
class OrtMessagesTest {
  private static String whyFailed(String message) {
    return OrtMessages.whyFailed(new OrtException(message));
  }

  @Test
  void dropsErrorCodeAndSourceOfMessage() {
    assertThat(
            whyFailed(
                "Error code - ORT_FAIL - message: Exception during initialization:"
                    + " /onnxruntime_src/onnxruntime/core/providers/cpu/text/string_normalizer.cc:235"
                    + " onnxruntime::StringNormalizer::Locale::Locale(const std::string&)::<lambda()>"
                    + " Failed to construct locale with name:en_US\n"))
        .isEqualTo("Exception during initialization: Failed to construct locale with name:en_US");
  }

  @Test
  void namesOperatorThatFailed() {
    assertThat(
            whyFailed(
                "Error code - ORT_RUNTIME_EXCEPTION - message: Non-zero status code returned while"
                    + " running Reshape node. Name:'/reshape' Status Message:"
                    + " /onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:47"
                    + " onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&,"
                    + " onnxruntime::TensorShapeVector&, bool) input_shape_size == size was false."
                    + " The input tensor cannot be reshaped to the requested shape."))
        .isEqualTo(
            "Reshape: input_shape_size == size was false. The input tensor cannot be reshaped to"
                + " the requested shape.");
  }

  @Test
  void keepsFirstLineOfMessage_andNoMoreThanFits() {
    assertThat(whyFailed("first\nsecond")).isEqualTo("first");
    assertThat(whyFailed("x".repeat(400))).isEqualTo("x".repeat(300) + "…");
    assertThat(whyFailed(" ")).isEqualTo("ONNX Runtime gave no reason");
  }
}
