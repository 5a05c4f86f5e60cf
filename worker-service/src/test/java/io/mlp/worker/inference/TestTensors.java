package io.mlp.worker.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes and reads tensors in a word. */
public final class TestTensors {
  private TestTensors() {}

  public static Tensor fp32(String name, long[] shape, float... elements) {
    ByteBuffer data = bytes(elements.length * Float.BYTES);
    for (float element : elements) {
      data.putFloat(element);
    }
    return tensor(name, TensorType.FP32, shape, data);
  }

  public static Tensor fp64(String name, long[] shape, double... elements) {
    ByteBuffer data = bytes(elements.length * Double.BYTES);
    for (double element : elements) {
      data.putDouble(element);
    }
    return tensor(name, TensorType.FP64, shape, data);
  }

  public static Tensor int64(String name, long[] shape, long... elements) {
    ByteBuffer data = bytes(elements.length * Long.BYTES);
    for (long element : elements) {
      data.putLong(element);
    }
    return tensor(name, TensorType.INT64, shape, data);
  }

  public static Tensor texts(String name, long[] shape, String... elements) {
    ByteBuffer data = bytes(1 << 12);
    for (String element : elements) {
      byte[] text = element.getBytes(UTF_8);
      data.putInt(text.length).put(text);
    }
    return new Tensor(name, TensorType.BYTES, TensorShape.of(shape), data.flip());
  }

  static Tensor raw(String name, TensorType type, long[] shape, int... bytes) {
    ByteBuffer data = bytes(bytes.length);
    for (int b : bytes) {
      data.put((byte) b);
    }
    return tensor(name, type, shape, data);
  }

  static float[] floats(Tensor tensor) {
    float[] elements = new float[tensor.byteSize() / Float.BYTES];
    tensor.data().asFloatBuffer().get(elements);
    return elements;
  }

  public static long[] shape(long... dimensions) {
    return dimensions;
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Tensor tensor(String name, TensorType type, long[] shape, ByteBuffer data) {
    return new Tensor(name, type, TensorShape.of(shape), data.rewind());
  }
}
