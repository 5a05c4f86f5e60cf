package io.mlp.worker.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtSession;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Copies what ONNX Runtime answered into tensors of our own. */
final class OrtOutputs {
  private OrtOutputs() {}

  /**
   * @throws InferenceFailed if an element of a text tensor is no text
   */
  static List<Tensor> read(OrtSession.Result result) throws InferenceFailed {
    List<Tensor> outputs = new ArrayList<>(result.size());
    for (Map.Entry<String, OnnxValue> entry : result) {
      outputs.add(read(entry.getKey(), (OnnxTensor) entry.getValue()));
    }
    return outputs;
  }

  private static Tensor read(String name, OnnxTensor value) throws InferenceFailed {
    TensorType type = ElementTypes.of(value.getInfo()).orElseThrow();
    TensorShape shape = TensorShape.of(value.getInfo().getShape());
    Tensor output = new Tensor(name, type, shape, data(type, shape, value));
    if (type == TensorType.BYTES) {
      requireTexts(output);
    }
    return output;
  }

  /** What is none would be written as other characters. */
  private static void requireTexts(Tensor output) throws InferenceFailed {
    try {
      Texts.requireUtf8(output);
    } catch (IllegalArgumentException e) {
      String detail = "output %s: %s".formatted(output.name(), e.getMessage());
      throw new InferenceFailed(new Failure(FailureKind.MODEL_ERROR, detail), e);
    }
  }

  private static ByteBuffer data(TensorType type, TensorShape shape, OnnxTensor value) {
    return type == TensorType.BYTES
        ? StringTensors.read(value, Math.toIntExact(shape.elements()))
        : Objects.requireNonNull(value.getByteBuffer());
  }
}
