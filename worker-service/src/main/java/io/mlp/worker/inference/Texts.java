package io.mlp.worker.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.onnxruntime.OrtUtil;
import io.mlp.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/** Texts between their stored form, length and UTF-8 bytes, and ONNX Runtime's Java strings. */
final class Texts {
  private Texts() {}

  /**
   * The elements of a BYTES tensor.
   *
   * @throws IllegalArgumentException if one cannot be passed unchanged, or if their number does not
   *     fit the shape
   */
  static String[] decode(Tensor tensor) {
    ByteBuffer data = tensor.data();
    long elements = tensor.shape().elements();
    if (elements > data.remaining() / Integer.BYTES) {
      throw new IllegalArgumentException("holds fewer than %d elements".formatted(elements));
    }
    String[] texts = new String[(int) elements];
    for (int i = 0; i < texts.length; i++) {
      if (data.remaining() < Integer.BYTES || data.remaining() - Integer.BYTES < length(data)) {
        throw new IllegalArgumentException("holds fewer than %d elements".formatted(texts.length));
      }
      ByteBuffer element = data.slice(data.position() + Integer.BYTES, length(data));
      data.position(data.position() + Integer.BYTES + element.remaining());
      texts[i] = decode(element, i);
    }
    if (data.hasRemaining()) {
      throw new IllegalArgumentException("holds more than %d elements".formatted(texts.length));
    }
    return texts;
  }

  /** Too long to be there, for a length that is negative. */
  private static int length(ByteBuffer data) {
    int length = data.getInt(data.position());
    return length < 0 ? Integer.MAX_VALUE : length;
  }

  private static String decode(ByteBuffer element, int index) {
    String text;
    try {
      text = UTF_8.newDecoder().decode(element).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("element %d is not UTF-8".formatted(index), e);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        throw new IllegalArgumentException(
            "element %d has the character U+%04X, which ONNX Runtime's Java API cannot pass"
                .formatted(index, text.codePointAt(i)));
      }
    }
    return text;
  }

  /**
   * The data of a BYTES tensor.
   *
   * @param value a string, or an array of them of any depth
   */
  static ByteBuffer encode(Object value) {
    String[] texts =
        value instanceof String text ? new String[] {text} : OrtUtil.flattenString(value);
    byte[][] elements =
        Arrays.stream(texts).map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
    int size = Arrays.stream(elements).mapToInt(element -> Integer.BYTES + element.length).sum();
    ByteBuffer data = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] element : elements) {
      data.putInt(element.length).put(element);
    }
    return data.flip();
  }
}
