package io.mlp.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A named tensor: its elements row-major and little-endian in one run of bytes, which is also how
 * they are stored, cut into rows and handed to ONNX Runtime. Immutable as long as nobody writes to
 * the bytes it was made of.
 */
public final class Tensor {
  private final String name;
  private final TensorType type;
  private final TensorShape shape;
  private final ByteBuffer data;

  /**
   * @param data the elements, from position to limit; not copied
   * @throws IllegalArgumentException if the bytes do not fit type and shape
   * @throws ArithmeticException if the shape has more bytes than can be counted
   */
  public Tensor(String name, TensorType type, TensorShape shape, ByteBuffer data) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.data = data.slice().asReadOnlyBuffer();
    long expected = Math.multiplyExact(shape.elements(), type.bytes());
    if (type != TensorType.BYTES && expected != this.data.remaining()) {
      throw new IllegalArgumentException(
          "%s %s%s: %d bytes (expected: %d)"
              .formatted(name, type, shape, this.data.remaining(), expected));
    }
  }

  public String name() {
    return name;
  }

  public TensorType type() {
    return type;
  }

  public TensorShape shape() {
    return shape;
  }

  /** The elements as a little-endian view of its own, position 0. */
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  public int byteSize() {
    return data.remaining();
  }

  /** The size of the first dimension; a scalar is one row. */
  public long rows() {
    return shape.rows();
  }

  /** Whether it can be cut into so many rows, which a scalar cannot. */
  public boolean hasRows(long rows) {
    return shape.rank() > 0 && rows() == rows;
  }

  public Tensor named(String other) {
    return new Tensor(other, type, shape, data());
  }

  /** The rows from {@code from} (inclusive) to {@code to} (exclusive), sharing the bytes. */
  public Tensor slice(long from, long to) {
    int start = offsetOfRow(from);
    int end = offsetOfRow(to);
    return new Tensor(name, type, shape.withRows(to - from), data.slice(start, end - start));
  }

  private int offsetOfRow(long row) {
    if (type != TensorType.BYTES) {
      return Math.toIntExact(row * shape.elementsPerRow() * type.bytes());
    }
    ByteBuffer cursor = data();
    for (long i = row * shape.elementsPerRow(); i > 0; i--) {
      int length = cursor.getInt();
      cursor.position(cursor.position() + length);
    }
    return cursor.position();
  }

  /**
   * One tensor of all the rows of the given ones, in their order; the parts agree in name, type and
   * in all dimensions but the first.
   *
   * @param target takes the bytes; its remaining size is at least the sum of the parts' sizes
   */
  public static Tensor concatenate(List<Tensor> parts, ByteBuffer target) {
    Tensor first = parts.getFirst();
    int start = target.position();
    long rows = 0;
    for (Tensor part : parts) {
      target.put(part.data());
      rows += part.rows();
    }
    ByteBuffer whole = target.slice(start, target.position() - start);
    return new Tensor(first.name, first.type, first.shape.withRows(rows), whole);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor tensor
        && name.equals(tensor.name)
        && type == tensor.type
        && shape.equals(tensor.shape)
        && data.equals(tensor.data);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + data.hashCode();
  }

  /** Name, type and shape; never the elements. */
  @Override
  public String toString() {
    return name + " " + type + shape;
  }
}
