package io.mlp.api.submission.reading;

import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Violation;
import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The elements of one tensor, read straight off the JSON into primitive arrays: the datatype may
 * stand behind the data, so a number is kept as it was written, whole or not, until it is known.
 * What answers write is read: {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"} are numbers
 * of a floating-point tensor, and texts of a tensor of texts.
 */
public final class Elements {
  private static final int MAX_RANK = ModelSignature.MAX_RANK;

  /** Kinds of elements, a byte each. */
  private static final byte WHOLE = 0;

  /** A whole number above the range of a long, within that of UINT64. */
  private static final byte UNSIGNED = 1;

  private static final byte FRACTION = 2;
  private static final byte TRUTH = 3;
  private static final byte TEXT = 4;

  /** A text that is also a number: its index among {@link #NON_FINITE}. */
  private static final byte NON_FINITE_TEXT = 5;

  /** A whole number, and a sign that only floating-point numbers keep. */
  private static final byte MINUS_ZERO = 6;

  private static final List<String> NON_FINITE = List.of("NaN", "Infinity", "-Infinity");

  /** Longer texts are taken from the memory while they are copied; shorter ones are soon gone. */
  private static final int LONG_TEXT = 4096;

  /**
   * Bytes for each character of a text while it is copied: what building it and encoding it
   * allocates at most, for one of ASCII but for a single other; {@code ReadingCostTest} measures
   * it.
   */
  private static final int COPIES = 9;

  private final MemoryBudget.Share memory;
  private final ElementBlocks elements;
  private final EncodedTexts texts;
  private final long[] nesting = new long[MAX_RANK];
  private int rank;

  /** The first text that no tensor can hold, and why. */
  private int refusedText = -1;

  private String whyRefused = "";

  private Elements(MemoryBudget.Share memory) {
    this.memory = memory;
    this.elements = new ElementBlocks(memory);
    this.texts = new EncodedTexts(memory);
  }

  /** Reads the array that the parser stands at the start of, or the one element of a scalar. */
  static Elements readAny(JsonParser json, MemoryBudget.Share memory) {
    if (json.currentToken() == JsonToken.START_ARRAY) {
      return read(json, memory);
    }
    Elements scalar = new Elements(memory);
    scalar.add(json, json.currentToken());
    return scalar;
  }

  /**
   * Reads the array that the parser stands at the start of.
   *
   * @throws ProblemException if it is ragged, mixes numbers and arrays, or holds null or an object
   */
  static Elements read(JsonParser json, MemoryBudget.Share memory) {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw at(json, "must be an array");
    }
    Elements elements = new Elements(memory);
    elements.readNested(json);
    return elements;
  }

  private void readNested(JsonParser json) {
    Arrays.fill(nesting, -1);
    long[] counts = new long[MAX_RANK];
    int depth = 1;
    int leafDepth = -1;
    while (depth > 0) {
      JsonToken token = json.nextToken();
      if (token == JsonToken.END_ARRAY) {
        depth--;
        close(json, depth, counts[depth]);
        continue;
      }
      counts[depth - 1]++;
      boolean array = token == JsonToken.START_ARRAY;
      // Before the first element, only closed arrays tell: an element stands in the deepest ones.
      boolean mixed = leafDepth < 0 ? !array && rank > depth : array != depth < leafDepth;
      if (mixed) {
        throw at(json, array ? "is an array among elements" : "is an element among arrays");
      }
      if (!array) {
        leafDepth = depth;
        add(json, token);
      } else if (depth == MAX_RANK) {
        throw at(json, "is nested deeper than " + MAX_RANK + " dimensions");
      } else {
        counts[depth++] = 0;
      }
    }
  }

  /** Ends an array of that depth; all arrays of one depth have one length. */
  private void close(JsonParser json, int depth, long count) {
    rank = Math.max(rank, depth + 1);
    if (nesting[depth] == -1) {
      nesting[depth] = count;
    } else if (nesting[depth] != count) {
      throw at(
          json,
          "is ragged: %d elements where the arrays before have %d"
              .formatted(count, nesting[depth]));
    }
  }

  private void add(JsonParser json, @Nullable JsonToken token) {
    switch (token) {
      case VALUE_NUMBER_INT -> addWhole(json);
      case VALUE_NUMBER_FLOAT -> addFraction(json);
      case VALUE_TRUE -> add(TRUTH, 1);
      case VALUE_FALSE -> add(TRUTH, 0);
      case VALUE_STRING -> addText(json);
      case VALUE_NULL -> throw at(json, "is null");
      case null, default -> throw at(json, "is an object; a tensor holds elements or arrays");
    }
  }

  private void addWhole(JsonParser json) {
    switch (json.getNumberType()) {
      case INT, LONG -> {
        long whole = json.getLongValue();
        if (whole == 0) {
          addZero(json);
        } else {
          add(WHOLE, whole);
        }
      }
      default -> addWhole(json.getBigIntegerValue());
    }
  }

  private void addWhole(BigInteger whole) {
    if (whole.bitLength() < Long.SIZE) {
      add(WHOLE, whole.longValue());
    } else if (whole.signum() > 0 && whole.bitLength() == Long.SIZE) {
      add(UNSIGNED, whole.longValue());
    } else {
      add(FRACTION, Double.doubleToRawLongBits(whole.doubleValue()));
    }
  }

  /** {@code 1.0} and {@code 1e3} are whole numbers, too; what is near to one is none. */
  private void addFraction(JsonParser json) {
    double nearest = json.getDoubleValue();
    boolean mayBeWhole = nearest == Math.rint(nearest) && Math.abs(nearest) <= 0x1p64;
    if (nearest == 0 && isZero(json)) {
      addZero(json);
    } else if (nearest != 0 && endsInPointZero(json)) {
      add(WHOLE, (long) nearest);
    } else if (nearest != 0 && mayBeWhole) {
      addWholeOr(json.getDecimalValue().stripTrailingZeros(), nearest);
    } else {
      add(FRACTION, Double.doubleToRawLongBits(nearest));
    }
  }

  private void addWholeOr(BigDecimal exact, double nearest) {
    if (exact.scale() <= 0) {
      addWhole(exact.toBigIntegerExact());
    } else {
      add(FRACTION, Double.doubleToRawLongBits(nearest));
    }
  }

  private void addZero(JsonParser json) {
    boolean negative = json.getStringCharacters()[json.getStringOffset()] == '-';
    add(negative ? MINUS_ZERO : WHOLE, 0);
  }

  /** And not only nearer to it than to any other number; its exponent may be of any length. */
  private static boolean isZero(JsonParser json) {
    char[] text = json.getStringCharacters();
    int begin = json.getStringOffset();
    for (int i = begin; i < begin + json.getStringLength() && (text[i] | 0x20) != 'e'; i++) {
      if (text[i] >= '1' && text[i] <= '9') {
        return false;
      }
    }
    return true;
  }

  /** As many a client writes all numbers; of so few digits that a double holds them. */
  private static boolean endsInPointZero(JsonParser json) {
    int length = json.getStringLength();
    char[] text = json.getStringCharacters();
    int end = json.getStringOffset() + length;
    return length <= 16 && text[end - 1] == '0' && text[end - 2] == '.';
  }

  private void addText(JsonParser json) {
    int length = json.getStringLength();
    long copies = length > LONG_TEXT ? (long) COPIES * length : 0;
    memory.take(copies);
    addText(json.getString());
    memory.giveBack(copies);
  }

  private void addText(String text) {
    if (refusedText < 0) {
      Texts.refusal(text)
          .ifPresent(why -> {
            refusedText = size();
            whyRefused = why;
          });
    }
    int number = NON_FINITE.indexOf(text);
    add(number < 0 ? TEXT : NON_FINITE_TEXT, number);
    texts.add(text);
  }

  private void add(byte kind, long value) {
    elements.add(kind, value);
  }

  public int size() {
    return elements.size();
  }

  /** The shape that the nesting of the arrays shows. */
  public TensorShape nesting() {
    return TensorShape.of(Arrays.copyOf(nesting, rank));
  }

  public boolean flat() {
    return rank == 1;
  }

  /**
   * The elements as the dimensions of a shape, which must be whole numbers.
   *
   * @throws ProblemException at the first that is not
   */
  TensorShape asShape(String pointer) {
    if (size() > MAX_RANK) {
      throw ProblemException.at(
          ProblemType.VALIDATION_ERROR,
          pointer,
          "%s has %d dimensions (expected: at most %d)".formatted(pointer, size(), MAX_RANK));
    }
    long[] dimensions = new long[size()];
    for (int i = 0; i < dimensions.length; i++) {
      if (elements.kind(i) != WHOLE && elements.kind(i) != MINUS_ZERO) {
        String where = pointer + place(i);
        throw ProblemException.at(
            ProblemType.VALIDATION_ERROR, where, where + " is not a whole number that fits INT64");
      }
      dimensions[i] = elements.value(i);
    }
    return TensorShape.of(dimensions);
  }

  /** A token that the tensor cannot hold, as a problem at its place. */
  private static ProblemException at(JsonParser json, String what) {
    String pointer = JsonPointers.of(json);
    return ProblemException.at(ProblemType.VALIDATION_ERROR, pointer, pointer + " " + what);
  }

  /** What came of laying the elements out as a type: the bytes, or the first element in the way. */
  public sealed interface Layout {
    record Bytes(ByteBuffer buffer) implements Layout {}

    record Refused(Violation violation) implements Layout {}
  }

  /**
   * The elements as little-endian bytes of that type, or the first one that is of another kind or
   * out of range.
   */
  public Layout layout(TensorType type, String pointer) {
    for (int i = 0; i < size(); i++) {
      Optional<String> refusal = refusal(type, i);
      if (refusal.isPresent()) {
        String where = pointer + place(i);
        return new Layout.Refused(new Violation(where + " " + refusal.get(), where));
      }
    }
    return new Layout.Bytes(type == TensorType.BYTES ? layoutTexts() : layoutNumbers(type));
  }

  private Optional<String> refusal(TensorType type, int i) {
    byte kind = elements.kind(i);
    return switch (type.kind()) {
      case BOOLEAN ->
          kind == TRUTH || (kind == WHOLE && (elements.value(i) == 0 || elements.value(i) == 1))
              ? Optional.empty()
              : Optional.of("is not true or false");
      case TEXT -> textRefusal(i);
      case INTEGER -> wholeRefusal(type, i);
      case FLOATING -> floatingRefusal(type, i);
    };
  }

  private Optional<String> textRefusal(int i) {
    return switch (elements.kind(i)) {
      case NON_FINITE_TEXT -> Optional.empty();
      case TEXT -> i == refusedText ? Optional.of(whyRefused) : Optional.empty();
      default -> Optional.of("is not a text");
    };
  }

  private Optional<String> wholeRefusal(TensorType type, int i) {
    if (elements.kind(i) == TRUTH || elements.kind(i) == TEXT) {
      return Optional.of("is not a number");
    }
    if (elements.kind(i) == NON_FINITE_TEXT || elements.kind(i) == FRACTION) {
      return Optional.of("is not a whole number that fits " + type);
    }
    boolean fits =
        switch (type) {
          case UINT64 -> elements.kind(i) == UNSIGNED || elements.value(i) >= 0;
          case INT64 -> elements.kind(i) != UNSIGNED;
          default ->
              elements.kind(i) != UNSIGNED
                  && elements.value(i) >= least(type)
                  && elements.value(i) <= greatest(type);
        };
    return fits ? Optional.empty() : Optional.of("does not fit " + type);
  }

  private static long least(TensorType type) {
    boolean unsigned = type.name().startsWith("U");
    return unsigned ? 0 : -(1L << (8 * type.bytes() - 1));
  }

  private static long greatest(TensorType type) {
    boolean unsigned = type.name().startsWith("U");
    return (1L << (8 * type.bytes() - (unsigned ? 0 : 1))) - 1;
  }

  private Optional<String> floatingRefusal(TensorType type, int i) {
    return switch (elements.kind(i)) {
      case TRUTH -> Optional.of("is not a number");
      case TEXT -> Optional.of("is not a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
      case NON_FINITE_TEXT -> Optional.empty();
      default -> isFinite(type, number(i)) ? Optional.empty() : Optional.of("does not fit " + type);
    };
  }

  private static boolean isFinite(TensorType type, double number) {
    return switch (type) {
      case FP16 -> Float.isFinite(Float.float16ToFloat(half(number)));
      case FP32 -> Float.isFinite((float) number);
      default -> Double.isFinite(number);
    };
  }

  private double number(int i) {
    return switch (elements.kind(i)) {
      case FRACTION -> Double.longBitsToDouble(elements.value(i));
      case UNSIGNED -> unsignedToDouble(elements.value(i));
      case MINUS_ZERO -> -0.0;
      case NON_FINITE_TEXT -> Double.parseDouble(NON_FINITE.get((int) elements.value(i)));
      default -> elements.value(i);
    };
  }

  /** Halved for the sign's sake; the bit that falls out still says which way to round. */
  private static double unsignedToDouble(long value) {
    return ((value >>> 1) | (value & 1)) * 2.0;
  }

  /**
   * The nearest FP16. Rounded to the nearest FP32 first, a number just beside the middle of two
   * FP16 would become that middle; so where FP32 cannot hold it, the neighbour with an odd last bit
   * stands for it.
   */
  private static short half(double value) {
    float nearest = (float) value;
    if (!Float.isFinite(nearest)) {
      return Float.floatToFloat16(nearest);
    }
    boolean odd = (Float.floatToRawIntBits(nearest) & 1) == 1;
    if (nearest == value || odd) {
      return Float.floatToFloat16(nearest);
    }
    return Float.floatToFloat16(value > nearest ? Math.nextUp(nearest) : Math.nextDown(nearest));
  }

  private ByteBuffer layoutNumbers(TensorType type) {
    ByteBuffer out = allocate((long) type.bytes() * size());
    for (int i = 0; i < size(); i++) {
      switch (type) {
        case BOOL, UINT8, INT8 -> out.put((byte) elements.value(i));
        case UINT16, INT16 -> out.putShort((short) elements.value(i));
        case UINT32, INT32 -> out.putInt((int) elements.value(i));
        case UINT64, INT64 -> out.putLong(elements.value(i));
        case FP16 -> out.putShort(half(number(i)));
        case FP32 -> out.putFloat((float) number(i));
        case FP64 -> out.putDouble(number(i));
        case BYTES -> throw new IllegalArgumentException("BYTES are laid out as texts");
      }
    }
    return out.flip();
  }

  private ByteBuffer layoutTexts() {
    ByteBuffer out = allocate(texts.bytes());
    texts.copyTo(out);
    return out.flip();
  }

  private ByteBuffer allocate(long bytes) {
    memory.take(bytes);
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The place of an element below the pointer of the data: {@code /3/17}. */
  private String place(int element) {
    StringBuilder path = new StringBuilder();
    long below = size();
    long rest = element;
    for (int axis = 0; axis < rank; axis++) {
      below /= nesting[axis];
      path.append('/').append(rest / below);
      rest %= below;
    }
    return path.toString();
  }
}
