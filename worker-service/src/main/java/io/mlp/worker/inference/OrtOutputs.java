package io.mlp.worker.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
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

  static List<Tensor> read(OrtSession.Result result) throws OrtException {
    List<Tensor> outputs = new ArrayList<>(result.size());
    for (Map.Entry<String, OnnxValue> entry : result) {
      outputs.add(read(entry.getKey(), (OnnxTensor) entry.getValue()));
    }
    return outputs;
  }

  private static Tensor read(String name, OnnxTensor value) throws OrtException {
    TensorType type = ElementTypes.of(value.getInfo()).orElseThrow();
    TensorShape shape = TensorShape.of(value.getInfo().getShape());
    return new Tensor(name, type, shape, data(type, value));
  }

  private static ByteBuffer data(TensorType type, OnnxTensor value) throws OrtException {
    return type == TensorType.BYTES
        ? Texts.encode(value.getValue())
        : Objects.requireNonNull(value.getByteBuffer());
  }
}
