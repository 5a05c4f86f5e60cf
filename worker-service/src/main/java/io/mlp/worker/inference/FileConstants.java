package io.mlp.worker.inference;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Numbers and texts that stand in a model's file by themselves or few together, such as thresholds
 * and keys. Inputs near them are those at which its answers change.
 */
public final class FileConstants {
  /** Larger tensors are weights. */
  private static final int FEW = 64;

  private static final int MAX = 500;
  private static final int MAX_TEXT = 200;

  private final Set<Double> numbers = new LinkedHashSet<>();
  private final Set<String> texts = new LinkedHashSet<>();

  FileConstants() {}

  /** Numbers, each once, in the order of the file; 500 at most. */
  public List<Double> numbers() {
    return new ArrayList<>(numbers);
  }

  /** Texts, each once, in the order of the file; 500 at most. */
  public List<String> texts() {
    return new ArrayList<>(texts);
  }

  void add(double number) {
    if (numbers.size() < MAX && Double.isFinite(number)) {
      numbers.add(number);
    }
  }

  void addText(String text) {
    if (texts.size() < MAX && text.length() <= MAX_TEXT && text.indexOf('\0') < 0) {
      texts.add(text);
    }
  }

  /** Packed floats; some of many, as the thresholds of trees are. */
  void addFloats(ByteBuffer packed) {
    int count = packed.remaining() / Float.BYTES;
    int step = Math.max(1, count / FEW);
    for (int i = 0; i < count; i += step) {
      add(packed.getFloat(packed.position() + i * Float.BYTES));
    }
  }

  /**
   * The elements of a tensor, if it has few.
   *
   * @param type number of {@code TensorProto.DataType}
   * @param raw its elements, little-endian
   */
  void addRaw(long type, ByteBuffer raw) {
    int width =
        switch ((int) type) {
          case 1, 6 -> Integer.BYTES;
          case 7, 11 -> Long.BYTES;
          default -> 0;
        };
    if (width == 0 || raw.remaining() > FEW * width) {
      return;
    }
    try {
      while (raw.hasRemaining()) {
        add(
            switch ((int) type) {
              case 1 -> raw.getFloat();
              case 6 -> raw.getInt();
              case 7 -> raw.getLong();
              default -> raw.getDouble();
            });
      }
    } catch (BufferUnderflowException _) {
      // A tensor of another size than its type has; ONNX Runtime tells.
    }
  }
}
