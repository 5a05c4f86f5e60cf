package io.mlp.worker.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/** The texts of a BYTES tensor in its stored form: each in UTF-8 behind its length. */
final class Texts {
  private Texts() {}

  /**
   * The elements of a BYTES tensor that is to be handed in, each in UTF-8.
   *
   * @throws IllegalArgumentException if one cannot be passed unchanged, or if their number does not
   *     fit the shape
   */
  static List<ByteBuffer> of(Tensor tensor) {
    List<ByteBuffer> texts = split(tensor);
    for (int i = 0; i < texts.size(); i++) {
      if (decode(texts.get(i), i).indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "element %d has the character U+0000, which ends a text for ONNX Runtime".formatted(i));
      }
    }
    return texts;
  }

  /**
   * Looks at the elements that a model gave.
   *
   * @throws IllegalArgumentException if one is no text
   */
  static void requireUtf8(Tensor tensor) {
    List<ByteBuffer> texts = split(tensor);
    for (int i = 0; i < texts.size(); i++) {
      decode(texts.get(i), i);
    }
  }

  private static List<ByteBuffer> split(Tensor tensor) {
    ByteBuffer data = tensor.data();
    long elements = tensor.shape().elements();
    if (elements > data.remaining() / Integer.BYTES) {
      throw new IllegalArgumentException("holds fewer than %d elements".formatted(elements));
    }
    List<ByteBuffer> texts = new ArrayList<>((int) elements);
    for (int i = 0; i < elements; i++) {
      if (data.remaining() < Integer.BYTES || data.remaining() - Integer.BYTES < length(data)) {
        throw new IllegalArgumentException("holds fewer than %d elements".formatted(elements));
      }
      ByteBuffer element = data.slice(data.position() + Integer.BYTES, length(data));
      data.position(data.position() + Integer.BYTES + element.remaining());
      texts.add(element);
    }
    if (data.hasRemaining()) {
      throw new IllegalArgumentException("holds more than %d elements".formatted(elements));
    }
    return texts;
  }

  /** Too long to be there, for a length that is negative. */
  private static int length(ByteBuffer data) {
    int length = data.getInt(data.position());
    return length < 0 ? Integer.MAX_VALUE : length;
  }

  private static String decode(ByteBuffer element, int index) {
    try {
      return UTF_8.newDecoder().decode(element.duplicate()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("element %d is not UTF-8".formatted(index), e);
    }
  }
}
