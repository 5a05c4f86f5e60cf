package io.mlp.worker.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The fields of one protobuf message, read one after another. */
final class ProtoMessage {
  private static final int VARINT = 0;

  private final ByteBuffer in;
  private int number;
  private int wireType;
  private long value;
  private ByteBuffer content = ByteBuffer.allocate(0);

  ProtoMessage(ByteBuffer in) {
    this.in = in.slice();
  }

  /** Goes to the next field, if there is one. */
  boolean next() throws MalformedProto {
    if (!in.hasRemaining()) {
      return false;
    }
    long tag = ProtoWire.tag(in);
    number = (int) (tag >>> 3);
    wireType = (int) (tag & 7);
    if (wireType == VARINT) {
      value = ProtoWire.varint(in);
    } else {
      content = ProtoWire.take(ProtoWire.length(tag, in), in);
    }
    return true;
  }

  /** The field's number. */
  int number() {
    return number;
  }

  /** What the field holds, if that is a varint; 0 otherwise. */
  long value() {
    return wireType == VARINT ? value : 0;
  }

  /** What the field holds, little-endian; nothing if that is a varint. */
  ByteBuffer bytes() {
    return wireType == VARINT
        ? ByteBuffer.allocate(0)
        : content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  String text() {
    return UTF_8.decode(bytes()).toString();
  }

  ProtoMessage message() {
    return new ProtoMessage(bytes());
  }
}
