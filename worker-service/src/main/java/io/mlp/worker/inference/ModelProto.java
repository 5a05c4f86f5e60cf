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

  /**
   * Steps from one outermost member to the next, which takes a few small reads however large the
   * file is: a disk image, or a copy that was cut off, is not read into memory first.
   */
  static void skim(FileChannel file) throws IOException, MalformedProto {
    long size = file.size();
    long position = 0;
    for (int i = 0; position < size && i < MAX_SKIMMED; i++) {
      ByteBuffer head = ByteBuffer.allocate(MAX_HEAD);
      file.read(head, position);
      head.flip();
      try {
        long length = ProtoWire.length(ProtoWire.tag(head), head);
        position += head.position() + length;
      } catch (BufferUnderflowException _) {
        throw new MalformedProto("cut off");
      }
    }
    if (position > size) {
      throw new MalformedProto("cut off");
    }
  }

  /**
   * Names of the files that hold the model's weights, as it gives them, sorted; none if it holds
   * all of them itself.
   *
   * @param model from position to limit
   */
  static SortedSet<String> externalFiles(ByteBuffer model) throws MalformedProto {
    ModelProto proto = new ModelProto();
    try {
      proto.walk(Message.MODEL, model.slice(), 0);
    } catch (BufferUnderflowException _) {
      throw new MalformedProto("cut off");
    }
    return proto.locations;
  }

  private void walk(Message message, ByteBuffer in, int depth) throws MalformedProto {
    if (depth > ProtoWire.MAX_DEPTH) {
      throw new MalformedProto("nested too deep");
    }
    if (message == Message.EXTERNAL_DATA) {
      readEntry(in);
      return;
    }
    while (in.hasRemaining()) {
      long tag = ProtoWire.tag(in);
      ByteBuffer content = ProtoWire.take(ProtoWire.length(tag, in), in);
      Message member = (tag & 7) == 2 ? message.member((int) (tag >>> 3)) : null;
      if (member != null) {
        walk(member, content, depth + 1);
      }
    }
  }

  /** A key and a value; the key {@code location} names a file. */
  private void readEntry(ByteBuffer in) throws MalformedProto {
    String key = "";
    String value = "";
    while (in.hasRemaining()) {
      long tag = ProtoWire.tag(in);
      String text = UTF_8.decode(ProtoWire.take(ProtoWire.length(tag, in), in)).toString();
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
}
