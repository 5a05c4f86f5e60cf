package io.mlp.worker.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * As much of ONNX's protobuf as must be known before ONNX Runtime may have a file: whether it can
 * be one at all, and which other files hold its weights. Field numbers are those of {@code
 * onnx.proto}, which never change; all else is stepped over.
 */
final class ModelProto {
  /** Protobuf's own limit. */
  private static final int MAX_DEPTH = 100;

  /** A tag and a length, ten bytes each at most. */
  private static final int MAX_HEAD = 20;

  /** Whoever has more members is told what is wrong when the whole file is read. */
  private static final int MAX_SKIMMED = 1000;

  /** The messages that lead to the names of files. */
  private enum Message {
    MODEL,
    TRAINING,
    GRAPH,
    FUNCTION,
    NODE,
    ATTRIBUTE,
    SPARSE_TENSOR,
    TENSOR,
    EXTERNAL_DATA;

    private @Nullable Message member(int number) {
      return switch (this) {
        case MODEL ->
            switch (number) {
              case 7 -> GRAPH;
              case 20 -> TRAINING;
              case 25 -> FUNCTION;
              default -> null;
            };
        case TRAINING -> number == 1 || number == 2 ? GRAPH : null;
        case GRAPH ->
            switch (number) {
              case 1 -> NODE;
              case 5 -> TENSOR;
              case 15 -> SPARSE_TENSOR;
              default -> null;
            };
        case FUNCTION ->
            switch (number) {
              case 7 -> NODE;
              case 11 -> ATTRIBUTE;
              default -> null;
            };
        case NODE -> number == 5 ? ATTRIBUTE : null;
        case ATTRIBUTE ->
            switch (number) {
              case 5, 10 -> TENSOR;
              case 6, 11 -> GRAPH;
              case 22, 23 -> SPARSE_TENSOR;
              default -> null;
            };
        case SPARSE_TENSOR -> number == 1 || number == 2 ? TENSOR : null;
        case TENSOR -> number == 13 ? EXTERNAL_DATA : null;
        case EXTERNAL_DATA -> null;
      };
    }
  }

  private final SortedSet<String> locations = new TreeSet<>();

  private ModelProto() {}

  /** The bytes are no protobuf, or are cut off. */
  static final class Malformed extends Exception {
    Malformed(String message) {
      super(message);
    }
  }

  /**
   * Steps from one outermost member to the next, which takes a few small reads however large the
   * file is: a disk image, or a copy that was cut off, is not read into memory first.
   */
  static void skim(FileChannel file) throws IOException, Malformed {
    long size = file.size();
    long position = 0;
    for (int i = 0; position < size && i < MAX_SKIMMED; i++) {
      ByteBuffer head = ByteBuffer.allocate(MAX_HEAD);
      file.read(head, position);
      head.flip();
      try {
        long length = length(tag(head), head);
        position += head.position() + length;
      } catch (BufferUnderflowException _) {
        throw new Malformed("cut off");
      }
    }
    if (position > size) {
      throw new Malformed("cut off");
    }
  }

  /**
   * Names of the files that hold the model's weights, as it gives them, sorted; none if it holds
   * all of them itself.
   *
   * @param model from position to limit
   */
  static SortedSet<String> externalFiles(ByteBuffer model) throws Malformed {
    ModelProto proto = new ModelProto();
    try {
      proto.walk(Message.MODEL, model.slice(), 0);
    } catch (BufferUnderflowException _) {
      throw new Malformed("cut off");
    }
    return proto.locations;
  }

  private void walk(Message message, ByteBuffer in, int depth) throws Malformed {
    if (depth > MAX_DEPTH) {
      throw new Malformed("nested too deep");
    }
    if (message == Message.EXTERNAL_DATA) {
      readEntry(in);
      return;
    }
    while (in.hasRemaining()) {
      long tag = tag(in);
      ByteBuffer content = take(length(tag, in), in);
      Message member = (tag & 7) == 2 ? message.member((int) (tag >>> 3)) : null;
      if (member != null) {
        walk(member, content, depth + 1);
      }
    }
  }

  /** A key and a value; the key {@code location} names a file. */
  private void readEntry(ByteBuffer in) throws Malformed {
    String key = "";
    String value = "";
    while (in.hasRemaining()) {
      long tag = tag(in);
      String text = UTF_8.decode(take(length(tag, in), in)).toString();
      switch ((int) (tag >>> 3)) {
        case 1 -> key = text;
        case 2 -> value = text;
        default -> {
          // Not of this version of the format.
        }
      }
    }
    if (key.equals("location")) {
      locations.add(value);
    }
  }

  private static ByteBuffer take(long length, ByteBuffer in) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer content = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return content;
  }

  /** A field's number, and its wire type in the last three bits. */
  private static long tag(ByteBuffer in) throws Malformed {
    long tag = varint(in);
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw new Malformed("no field has that number");
    }
    return tag;
  }

  /** How many bytes are left of the value that follows a tag; a varint is read here. */
  private static long length(long tag, ByteBuffer in) throws Malformed {
    return switch ((int) (tag & 7)) {
      case 0 -> {
        varint(in);
        yield 0;
      }
      case 1 -> Long.BYTES;
      case 2 -> positive(varint(in));
      case 5 -> Integer.BYTES;
      default -> throw new Malformed("no wire type of that number");
    };
  }

  private static long positive(long length) throws Malformed {
    if (length < 0 || length > Integer.MAX_VALUE) {
      throw new Malformed("a length beyond 2 GiB");
    }
    return length;
  }

  private static long varint(ByteBuffer in) throws Malformed {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new Malformed("a number of more than ten bytes");
  }
}
