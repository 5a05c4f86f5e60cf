package io.mlp.worker.repository;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.ModelRefused;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tools.jackson.databind.JsonNode;

/** Collects the elements of one tensor of an example in their stored form. */
final class ExampleElements {
  private final TensorType type;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private final ByteBuffer element = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  ExampleElements(TensorType type) {
    this.type = type;
  }

  /**
   * @throws ModelRefused if the type has no such element
   */
  void add(String path, JsonNode node) throws ModelRefused {
    boolean fits =
        switch (type.kind()) {
          case BOOLEAN -> node.isBoolean();
          case INTEGER -> node.isIntegralNumber() && inRange(node.bigIntegerValue());
          case FLOATING -> node.isNumber() && inRange(node.doubleValue());
          case TEXT -> node.isString();
        };
    if (!fits) {
      throw new ModelRefused("%s: %s (expected: one of %s)".formatted(path, node, type));
    }
    switch (type.kind()) {
      case BOOLEAN -> data.write(node.booleanValue() ? 1 : 0);
      case INTEGER -> write(node.bigIntegerValue().longValue(), type.bytes());
      case FLOATING -> write(bits(node.doubleValue()), type.bytes());
      case TEXT -> writeText(node.stringValue());
    }
  }

  ByteBuffer data() {
    return ByteBuffer.wrap(data.toByteArray());
  }

  private boolean inRange(BigInteger value) {
    int bits = type.bytes() * Byte.SIZE;
    return switch (type) {
      case UINT8, UINT16, UINT32, UINT64 -> value.signum() >= 0 && value.bitLength() <= bits;
      default -> value.bitLength() < bits;
    };
  }

  private boolean inRange(double value) {
    return switch (type) {
      case FP16 -> Float.isFinite(Float.float16ToFloat(Float.floatToFloat16((float) value)));
      case FP32 -> Float.isFinite((float) value);
      default -> Double.isFinite(value);
    };
  }

  private long bits(double value) {
    return switch (type) {
      case FP16 -> Float.floatToFloat16((float) value);
      case FP32 -> Float.floatToIntBits((float) value);
      default -> Double.doubleToLongBits(value);
    };
  }

  private void write(long bits, int bytes) {
    data.write(element.putLong(0, bits).array(), 0, bytes);
  }

  private void writeText(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    write(bytes.length, Integer.BYTES);
    data.writeBytes(bytes);
  }
}
