package io.mlp.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Small tensors to test with: so many rows, the elements spread evenly over them. */
public final class Tensors {
  private Tensors() {}

  public static Tensor int64(String name, long rows, long... elements) {
    ByteBuffer data = littleEndian(8 * elements.length);
    Arrays.stream(elements).forEach(data::putLong);
    return new Tensor(name, TensorType.INT64, shape(rows, elements.length), data.flip());
  }

  public static Tensor fp32(String name, long rows, float... elements) {
    ByteBuffer data = littleEndian(4 * elements.length);
    for (float element : elements) {
      data.putFloat(element);
    }
    return new Tensor(name, TensorType.FP32, shape(rows, elements.length), data.flip());
  }

  public static Tensor texts(String name, long rows, String... elements) {
    int size = Arrays.stream(elements).mapToInt(text -> 4 + text.getBytes(UTF_8).length).sum();
    ByteBuffer data = littleEndian(size);
    for (String element : elements) {
      byte[] bytes = element.getBytes(UTF_8);
      data.putInt(bytes.length).put(bytes);
    }
    return new Tensor(name, TensorType.BYTES, shape(rows, elements.length), data.flip());
  }

  static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TensorShape shape(long rows, int elements) {
    return elements == rows ? TensorShape.of(rows) : TensorShape.of(rows, elements / rows);
  }
}
