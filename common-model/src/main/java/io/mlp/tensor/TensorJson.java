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
  private TensorJson() {}

  public static void write(JsonGenerator json, List<Tensor> tensors) {
    json.writeStartArray();
    for (Tensor tensor : tensors) {
      write(json, tensor);
    }
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, Tensor tensor) {
    json.writeStartObject();
    json.writeStringProperty("name", tensor.name());
    json.writeName("shape");
    writeShape(json, tensor.shape());
    json.writeStringProperty("datatype", tensor.type().name());
    json.writeName("data");
    json.writeStartArray();
    writeElements(json, tensor);
    json.writeEndArray();
    json.writeEndObject();
  }

  public static void writeShape(JsonGenerator json, TensorShape shape) {
    long[] dimensions = shape.toArray();
    json.writeArray(dimensions, 0, dimensions.length);
  }

  private static void writeElements(JsonGenerator json, Tensor tensor) {
    ByteBuffer data = tensor.data();
    TensorType type = tensor.type();
    for (long i = tensor.shape().elements(); i > 0; i--) {
      writeElement(json, type, data);
    }
  }

  private static void writeElement(JsonGenerator json, TensorType type, ByteBuffer data) {
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
      case BYTES -> json.writeString(text(data));
    }
  }

  private static String text(ByteBuffer data) {
    byte[] bytes = new byte[data.getInt()];
    data.get(bytes);
    return new String(bytes, UTF_8);
  }
}
