package io.mlp.worker.trial;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import io.mlp.worker.inference.FileConstants;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Values that a model may take.
 *
 * @param scale magnitude of floating-point numbers: between its negative and itself, or, if it is
 *     0, any between 0.001 and 1000
 * @param integers from this (inclusive)
 * @param beyond to this (exclusive)
 * @param numeric whether texts are numbers
 * @param near whether all values are such as stand in the model's file
 * @param constants those
 */
record Values(
    double scale,
    int integers,
    int beyond,
    boolean numeric,
    boolean near,
    FileConstants constants) {

  private static final List<String> WORDS =
      List.of("red", "green", "blue", "one", "two", "a", "the", "cat", "dog", "yes", "no", "good");

  private static final int LONG_WORDS = 200;
  private static final long LARGE_INTEGER = 1_000_000;

  /** Values for models of these types, those that suit most models first. */
  static List<Values> alternatives(List<TensorSpec> inputs, FileConstants constants) {
    List<Values> all = new ArrayList<>();
    all.add(new Values(1, 0, 8, false, false, constants));
    if (has(inputs, TensorType.Kind.INTEGER)) {
      all.add(new Values(1, 0, 2, false, false, constants));
      all.add(new Values(1, 1, 4, false, false, constants));
    }
    if (has(inputs, TensorType.Kind.FLOATING)) {
      all.add(new Values(0, 0, 8, false, false, constants));
      all.add(new Values(0, 0, 2, false, false, constants));
    }
    if (has(inputs, TensorType.Kind.TEXT)) {
      all.add(new Values(1, 0, 8, true, false, constants));
    }
    if (!constants.numbers().isEmpty() || !constants.texts().isEmpty()) {
      all.add(new Values(0, 0, 8, false, true, constants));
    }
    return all;
  }

  static boolean has(List<TensorSpec> inputs, TensorType.Kind kind) {
    return inputs.stream().anyMatch(spec -> spec.type().kind() == kind);
  }

  /** One row of an input, filled. */
  Tensor row(TensorSpec spec, TensorShape shape, Filling filling, RandomGenerator random) {
    if (spec.type() == TensorType.BYTES) {
      return new Tensor(spec.name(), spec.type(), shape, texts(shape, filling, random));
    }
    int elements = Math.toIntExact(shape.elements());
    ByteBuffer data =
        ByteBuffer.allocate(Math.multiplyExact(elements, spec.type().bytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      switch (spec.type().kind()) {
        case FLOATING -> put(data, spec.type(), number(spec.type(), filling, random));
        case INTEGER -> put(data, spec.type(), integer(spec.type(), filling, random));
        case BOOLEAN -> data.put((byte) (filling == Filling.ZEROS ? 0 : random.nextInt(2)));
        case TEXT -> throw new AssertionError("texts are not of one length");
      }
    }
    return new Tensor(spec.name(), spec.type(), shape, data.flip());
  }

  private double number(TensorType type, Filling filling, RandomGenerator random) {
    return switch (filling) {
      case ZEROS -> 0;
      case ZEROS_AND_ONES -> random.nextInt(2);
      case NAN -> Double.NaN;
      case HUGE -> sign(random) * huge(type);
      case GREATEST -> greatest(type);
      case WIDE -> wide(random);
      case CONSTANTS -> nearConstant(random);
      case RANDOM, LARGE_INTEGERS, COPY, LONG_TEXTS -> {
        if (near) {
          yield nearConstant(random);
        }
        yield scale == 0 ? wide(random) : random.nextDouble(-scale, scale);
      }
    };
  }

  /** One of the file's constants, or a little more or less. */
  private double nearConstant(RandomGenerator random) {
    List<Double> numbers = constants.numbers();
    if (numbers.isEmpty()) {
      return wide(random);
    }
    double constant = numbers.get(random.nextInt(numbers.size()));
    return constant + (random.nextInt(3) - 1) * Math.max(1e-3, Math.abs(constant) * 1e-2);
  }

  private static double wide(RandomGenerator random) {
    return sign(random) * Math.pow(10, random.nextDouble(-3, 3));
  }

  private static int sign(RandomGenerator random) {
    return random.nextBoolean() ? 1 : -1;
  }

  private static double huge(TensorType type) {
    return switch (type) {
      case FP16 -> 6e4;
      case FP32 -> 1e30;
      default -> 1e250;
    };
  }

  private static double greatest(TensorType type) {
    return switch (type) {
      case FP16 -> 65504;
      case FP32 -> Float.MAX_VALUE;
      default -> Double.MAX_VALUE;
    };
  }

  private long integer(TensorType type, Filling filling, RandomGenerator random) {
    return switch (filling) {
      case ZEROS -> 0;
      case ZEROS_AND_ONES -> random.nextInt(2);
      case LARGE_INTEGERS -> random.nextLong(LARGE_INTEGER);
      case GREATEST ->
          type.bytes() == Long.BYTES ? Long.MAX_VALUE : (1L << (type.bytes() * 8 - 1)) - 1;
      case CONSTANTS -> Math.round(nearConstant(random));
      default -> near ? Math.round(nearConstant(random)) : random.nextInt(integers, beyond);
    };
  }

  static void put(ByteBuffer data, TensorType type, double value) {
    switch (type) {
      case FP16 -> data.putShort(Float.floatToFloat16((float) value));
      case FP32 -> data.putFloat((float) value);
      default -> data.putDouble(value);
    }
  }

  /** Cut to the type's width, as a large integer of a narrow type is. */
  private static void put(ByteBuffer data, TensorType type, long value) {
    switch (type.bytes()) {
      case 1 -> data.put((byte) value);
      case 2 -> data.putShort((short) value);
      case 4 -> data.putInt((int) value);
      default -> data.putLong(value);
    }
  }

  private ByteBuffer texts(TensorShape shape, Filling filling, RandomGenerator random) {
    List<String> texts = new ArrayList<>();
    for (long i = 0; i < shape.elements(); i++) {
      texts.add(
          switch (filling) {
            case ZEROS -> "";
            case LONG_TEXTS -> words(LONG_WORDS, random);
            case CONSTANTS -> text(true, random);
            default -> text(near, random);
          });
    }
    return stored(texts);
  }

  private String text(boolean ofFile, RandomGenerator random) {
    List<String> texts = constants.texts();
    if (ofFile && !texts.isEmpty()) {
      return texts.get(random.nextInt(texts.size()));
    }
    return numeric ? Integer.toString(random.nextInt(100)) : words(1, random);
  }

  private static String words(int count, RandomGenerator random) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add(WORDS.get(random.nextInt(WORDS.size())));
    }
    return String.join(" ", words);
  }

  /** Each text behind its length, as tensors hold them. */
  static ByteBuffer stored(List<String> texts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String text : texts) {
      byte[] bytes = text.getBytes(UTF_8);
      out.writeBytes(
          ByteBuffer.allocate(Integer.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(bytes.length)
              .array());
      out.writeBytes(bytes);
    }
    return ByteBuffer.wrap(out.toByteArray());
  }
}
