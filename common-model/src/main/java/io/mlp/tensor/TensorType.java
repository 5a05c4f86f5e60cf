package io.mlp.tensor;

import java.util.Arrays;
import java.util.Optional;

/**
 * The element types of the Open Inference Protocol, with the bytes one element takes.
 *
 * <p>Source: "Tensor Data Types" of the protocol's v2 specification.
 */
public enum TensorType {
  BOOL(1, Kind.BOOLEAN),
  UINT8(1, Kind.INTEGER),
  UINT16(2, Kind.INTEGER),
  UINT32(4, Kind.INTEGER),
  UINT64(8, Kind.INTEGER),
  INT8(1, Kind.INTEGER),
  INT16(2, Kind.INTEGER),
  INT32(4, Kind.INTEGER),
  INT64(8, Kind.INTEGER),
  FP16(2, Kind.FLOATING),
  FP32(4, Kind.FLOATING),
  FP64(8, Kind.FLOATING),
  /** Byte strings of any length, each stored behind its length as four little-endian bytes. */
  BYTES(0, Kind.TEXT);

  /** What an element looks like in JSON. */
  public enum Kind {
    BOOLEAN,
    INTEGER,
    FLOATING,
    TEXT
  }

  private final int bytes;
  private final Kind kind;

  TensorType(int bytes, Kind kind) {
    this.bytes = bytes;
    this.kind = kind;
  }

  /** Bytes of one element; 0 for {@link #BYTES}, whose elements differ in length. */
  public int bytes() {
    return bytes;
  }

  public Kind kind() {
    return kind;
  }

  /** The type of that name as the protocol spells it, or empty. */
  public static Optional<TensorType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }
}
