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
   * @throws InferenceFailed if the gate does not let them through, or if an element of a text
   *     tensor is no text
   */
  static List<Tensor> read(OrtSession.Result result, OutputGate gate) throws InferenceFailed {
    gate.admit(bytes(result));
    List<Tensor> outputs = new ArrayList<>(result.size());
    for (Map.Entry<String, OnnxValue> entry : result) {
      outputs.add(read(entry.getKey(), (OnnxTensor) entry.getValue()));
    }
    return outputs;
  }

  private static long bytes(OrtSession.Result result) {
    long bytes = 0;
    for (Map.Entry<String, OnnxValue> entry : result) {
      bytes += bytes((OnnxTensor) entry.getValue());
    }
    return bytes;
  }

  private static long bytes(OnnxTensor value) {
    TensorType type = ElementTypes.of(value.getInfo()).orElseThrow();
    long elements = TensorShape.of(value.getInfo().getShape()).elements();
    return type == TensorType.BYTES
        ? StringTensors.bytes(value, elements)
        : elements * type.bytes();
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
