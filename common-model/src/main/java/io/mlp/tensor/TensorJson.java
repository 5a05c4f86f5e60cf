package io.mlp.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * Writes tensors as the Open Inference Protocol shows them, their data flat and row-major.
 *
 * <p>JSON has no number for what is not finite, so such elements are written as the strings {@code
 * "NaN"}, {@code "Infinity"} and {@code "-Infinity"}.
 */
public final class TensorJson {
  /** Bytes of a text from which on it is never held whole. */
  static final int LONG_TEXT = 64 << 10;

  private TensorJson() {}

  public static void write(JsonGenerator json, List<Tensor> tensors) {
    json.writeStartArray();
    for (Tensor tensor : tensors) {
      TensorInput data = TensorInput.of(tensor.data());
      write(json, tensor.name(), tensor.type(), tensor.shape(), data);
    }
    json.writeEndArray();
  }

  /** Writes tensors as they come in their stored form; the result is the same. */
  public static void write(JsonGenerator json, TensorInput stored) {
    json.writeStartArray();
    for (int i = TensorCodec.count(stored); i > 0; i--) {
      TensorCodec.Header header = TensorCodec.header(stored);
      write(json, header.name(), header.type(), header.shape(), stored);
    }
    json.writeEndArray();
  }

  private static void write(
      JsonGenerator json, String name, TensorType type, TensorShape shape, TensorInput data) {
    json.writeStartObject();
    json.writeStringProperty("name", name);
    json.writeName("shape");
    writeShape(json, shape);
    json.writeStringProperty("datatype", type.name());
    json.writeName("data");
    json.writeStartArray();
    if (type == TensorType.BYTES) {
      writeTexts(json, shape.elements(), data);
    } else {
      writeNumbers(json, type, shape.elements(), data);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  public static void writeShape(JsonGenerator json, TensorShape shape) {
    long[] dimensions = shape.toArray();
    json.writeArray(dimensions, 0, dimensions.length);
  }

  private static void writeNumbers(
      JsonGenerator json, TensorType type, long elements, TensorInput data) {
    long left = elements;
    while (left > 0) {
      ByteBuffer some = data.next(type.bytes());
      long count = Math.min(left, some.remaining() / type.bytes());
      for (long i = count; i > 0; i--) {
        writeNumber(json, type, some);
      }
      left -= count;
    }
  }

  private static void writeNumber(JsonGenerator json, TensorType type, ByteBuffer data) {
    switch (type) {
      case BOOL -> json.writeBoolean(data.get() != 0);
      case UINT8 -> json.writeNumber(Byte.toUnsignedInt(data.get()));
      case UINT16 -> json.writeNumber(Short.toUnsignedInt(data.getShort()));
      case UINT32 -> json.writeNumber(Integer.toUnsignedLong(data.getInt()));
      case UINT64 -> json.writeRawValue(Long.toUnsignedString(data.getLong()));
      case INT8 -> json.writeNumber(data.get());
      case INT16 -> json.writeNumber(data.getShort());
      case INT32 -> json.writeNumber(data.getInt());
      case INT64 -> json.writeNumber(data.getLong());
      case FP16 -> json.writeNumber(Float.float16ToFloat(data.getShort()));
      case FP32 -> json.writeNumber(data.getFloat());
      case FP64 -> json.writeNumber(data.getDouble());
      case BYTES -> throw new IllegalArgumentException("texts have no common size");
    }
  }

  private static void writeTexts(JsonGenerator json, long elements, TensorInput data) {
    for (long i = elements; i > 0; i--) {
      int length = data.next(Integer.BYTES).getInt();
      if (length > LONG_TEXT) {
        json.writeString(data.text(length), -1);
      } else {
        byte[] bytes = new byte[length];
        data.next(length).get(bytes);
        json.writeString(new String(bytes, UTF_8));
      }
    }
  }
}
