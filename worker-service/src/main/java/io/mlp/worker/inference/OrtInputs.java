package io.mlp.worker.inference;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorType;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tensors handed to ONNX Runtime for one run, and the native memory they lie in. */
final class OrtInputs implements AutoCloseable {
  /** A cache line, and as wide as the widest vector load. */
  private static final long ALIGNMENT = 64;

  private final Arena memory = Arena.ofConfined();
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

  /**
   * @throws IllegalArgumentException if a text cannot be passed
   */
  void addAll(List<Tensor> inputs) throws OrtException {
    for (Tensor input : inputs) {
      tensors.put(input.name(), create(input));
    }
  }

  Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  private OnnxTensor create(Tensor tensor) throws OrtException {
    long[] shape = tensor.shape().toArray();
    if (tensor.type() == TensorType.BYTES) {
      return StringTensors.create(Texts.of(tensor), shape);
    }
    OnnxJavaType type = ElementTypes.ofBuffer(tensor.type());
    OnnxTensor signed =
        OnnxTensor.createTensor(OrtRuntime.environment(), direct(tensor), shape, type);
    Optional<UnsignedCast> cast = ElementTypes.cast(tensor.type());
    if (cast.isEmpty()) {
      return signed;
    }
    try (signed) {
      return cast.get().of(signed);
    }
  }

  /** ONNX Runtime reads a direct buffer where it lies; only others are copied. */
  private ByteBuffer direct(Tensor tensor) {
    ByteBuffer data = tensor.data();
    return data.isDirect() ? data : allocate(memory, data.remaining()).put(data).flip();
  }

  /** A zeroed little-endian buffer that ONNX Runtime reads in place. */
  static ByteBuffer allocate(Arena memory, long size) {
    return memory.allocate(size, ALIGNMENT).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    memory.close();
  }
}
