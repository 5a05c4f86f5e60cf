package io.mlp.worker.inference;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** The wire format of protobuf. Whatever is cut off is a {@link BufferUnderflowException}. */
final class ProtoWire {
  /** Protobuf's own limit of messages in messages. */
  static final int MAX_DEPTH = 100;

  private ProtoWire() {}

  static ByteBuffer take(long length, ByteBuffer in) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer content = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return content;
  }

  /** A field's number, and its wire type in the last three bits. */
  static long tag(ByteBuffer in) throws MalformedProto {
    long tag = varint(in);
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw new MalformedProto("no field has that number");
    }
    return tag;
  }

  /** How many bytes are left of the value that follows a tag; a varint is read here. */
  static long length(long tag, ByteBuffer in) throws MalformedProto {
    return switch ((int) (tag & 7)) {
      case 0 -> {
        varint(in);
        yield 0;
      }
      case 1 -> Long.BYTES;
      case 2 -> positive(varint(in));
      case 5 -> Integer.BYTES;
      default -> throw new MalformedProto("no wire type of that number");
    };
  }

  static long positive(long length) throws MalformedProto {
    if (length < 0 || length > Integer.MAX_VALUE) {
      throw new MalformedProto("a length beyond 2 GiB");
    }
    return length;
  }

  static long varint(ByteBuffer in) throws MalformedProto {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new MalformedProto("a number of more than ten bytes");
  }
}
