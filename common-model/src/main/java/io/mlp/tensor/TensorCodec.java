package io.mlp.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The stored form of tensors, in the columns {@code job.inputs} and {@code job.outputs}.
 *
 * <p>Little-endian: format number (1 byte, now 1), tensor count (2); then for each tensor the
 * length of its name (2) and the name in UTF-8, its {@link TensorType}'s code (1), its rank (1),
 * its dimensions (8 each), the size of its data (4) and the data. A golden file pins the form; a
 * change takes a new format number, for stored jobs outlive releases.
 */
public final class TensorCodec {
  private static final byte FORMAT = 1;

  /** Most tensors that can be stored together. */
  private static final int MAX_TENSORS = 0xffff;

  /** Longest name that can be stored, in UTF-8. */
  static final int MAX_NAME_BYTES = 0xffff;

  /** Most dimensions that can be stored. */
  private static final int MAX_RANK = Byte.MAX_VALUE;

  private TensorCodec() {}

  private static int nameBytes(String name) {
    return name.getBytes(UTF_8).length;
  }

  /**
   * The tensors as they are stored.
   *
   * @throws IllegalArgumentException if the form has no room for so many tensors or dimensions, or
   *     for so long a name
   */
  public static byte[] encode(List<Tensor> tensors) {
    require("tensors", tensors.size(), MAX_TENSORS);
    ByteBuffer out = ByteBuffer.allocate(encodedSize(tensors)).order(ByteOrder.LITTLE_ENDIAN);
    out.put(FORMAT).putShort((short) tensors.size());
    for (Tensor tensor : tensors) {
      byte[] name = tensor.name().getBytes(UTF_8);
      require("bytes of a name", name.length, MAX_NAME_BYTES);
      require("dimensions", tensor.shape().rank(), MAX_RANK);
      out.putShort((short) name.length).put(name);
      out.put(code(tensor.type())).put((byte) tensor.shape().rank());
      for (int i = 0; i < tensor.shape().rank(); i++) {
        out.putLong(tensor.shape().dimension(i));
      }
      out.putInt(tensor.byteSize()).put(tensor.data());
    }
    return out.array();
  }

  private static void require(String what, int count, int most) {
    if (count > most) {
      throw new IllegalArgumentException(
          "%s: %d (expected: at most %d)".formatted(what, count, most));
    }
  }

  private static int encodedSize(List<Tensor> tensors) {
    long size = 3;
    for (Tensor tensor : tensors) {
      int name = nameBytes(tensor.name());
      size += 2 + name + 2 + 8L * tensor.shape().rank() + 4 + tensor.byteSize();
    }
    return Math.toIntExact(size);
  }

  /**
   * The tensors, sharing the given bytes.
   *
   * @throws IllegalArgumentException if the bytes are of another format
   */
  public static List<Tensor> decode(byte[] encoded) {
    TensorInput in = TensorInput.of(ByteBuffer.wrap(encoded));
    int count = count(in);
    List<Tensor> tensors = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Header header = header(in);
      ByteBuffer rest = in.next(header.size);
      ByteBuffer data = rest.slice(rest.position(), header.size);
      rest.position(rest.position() + header.size);
      tensors.add(new Tensor(header.name, header.type, header.shape, data));
    }
    return tensors;
  }

  /**
   * What stands before a tensor's data.
   *
   * @param size bytes of the data
   */
  record Header(String name, TensorType type, TensorShape shape, int size) {}

  /** How many tensors there are: the beginning of the stored form. */
  static int count(TensorInput in) {
    byte format = in.next(1).get();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "tensor format: " + format + " (expected: " + FORMAT + ")");
    }
    return Short.toUnsignedInt(in.next(2).getShort());
  }

  /** Of the next tensor; its data follows. */
  static Header header(TensorInput in) {
    byte[] name = new byte[Short.toUnsignedInt(in.next(2).getShort())];
    in.next(name.length).get(name);
    TensorType type = type(in.next(1).get());
    long[] dimensions = new long[in.next(1).get()];
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = in.next(8).getLong();
    }
    int size = in.next(4).getInt();
    return new Header(new String(name, UTF_8), type, TensorShape.of(dimensions), size);
  }

  /** Written out, so that reordering the enum cannot change what is stored. */
  private static byte code(TensorType type) {
    return switch (type) {
      case BOOL -> 1;
      case UINT8 -> 2;
      case UINT16 -> 3;
      case UINT32 -> 4;
      case UINT64 -> 5;
      case INT8 -> 6;
      case INT16 -> 7;
      case INT32 -> 8;
      case INT64 -> 9;
      case FP16 -> 10;
      case FP32 -> 11;
      case FP64 -> 12;
      case BYTES -> 13;
    };
  }

  private static TensorType type(byte code) {
    for (TensorType type : TensorType.values()) {
      if (code(type) == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("tensor type code: " + code + " (expected: 1 to 13)");
  }
}
