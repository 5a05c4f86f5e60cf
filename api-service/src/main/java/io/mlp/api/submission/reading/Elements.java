package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Violation;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
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
  private static final int MAX_RANK = 16;

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

  private long[] values = new long[64];
  private byte[] kinds = new byte[64];
  private int size;
  private final List<String> texts = new ArrayList<>(0);
  private final long[] nesting = new long[MAX_RANK];
  private int rank;

  private Elements() {}

  /** Reads the array that the parser stands at the start of, or the one element of a scalar. */
  static Elements readAny(JsonParser json) {
    if (json.currentToken() == JsonToken.START_ARRAY) {
      return read(json);
    }
    Elements scalar = new Elements();
    scalar.add(json, json.currentToken());
    return scalar;
  }

  /**
   * Reads the array that the parser stands at the start of.
   *
   * @throws ProblemException if it is ragged, mixes numbers and arrays, or holds null or an object
   */
  static Elements read(JsonParser json) {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw at(json, "must be an array");
    }
    Elements elements = new Elements();
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
      case VALUE_STRING -> addText(json.getString());
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

  private void addText(String text) {
    int number = NON_FINITE.indexOf(text);
    if (number >= 0) {
      add(NON_FINITE_TEXT, number);
    } else {
      add(TEXT, texts.size());
      texts.add(text);
    }
  }

  private void add(byte kind, long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
      kinds = Arrays.copyOf(kinds, size * 2);
    }
    values[size] = value;
    kinds[size++] = kind;
  }

  public int size() {
    return size;
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
    for (int i = 0; i < size; i++) {
      if (kinds[i] != WHOLE && kinds[i] != MINUS_ZERO) {
        String where = pointer + place(i);
        throw ProblemException.at(
            ProblemType.VALIDATION_ERROR, where, where + " is not a whole number that fits INT64");
      }
    }
    return TensorShape.of(Arrays.copyOf(values, size));
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
    for (int i = 0; i < size; i++) {
      Optional<String> refusal = refusal(type, i);
      if (refusal.isPresent()) {
        String where = pointer + place(i);
        return new Layout.Refused(new Violation(where + " " + refusal.get(), where));
      }
    }
    return new Layout.Bytes(type == TensorType.BYTES ? layoutTexts() : layoutNumbers(type));
  }

  private Optional<String> refusal(TensorType type, int i) {
    byte kind = kinds[i];
    return switch (type.kind()) {
      case BOOLEAN ->
          kind == TRUTH || (kind == WHOLE && (values[i] == 0 || values[i] == 1))
              ? Optional.empty()
              : Optional.of("is not true or false");
      case TEXT -> textRefusal(i);
      case INTEGER -> wholeRefusal(type, i);
      case FLOATING -> floatingRefusal(type, i);
    };
  }

  private Optional<String> textRefusal(int i) {
    return switch (kinds[i]) {
      case NON_FINITE_TEXT -> Optional.empty();
      case TEXT -> Texts.refusal(texts.get((int) values[i]));
      default -> Optional.of("is not a text");
    };
  }

  private Optional<String> wholeRefusal(TensorType type, int i) {
    if (kinds[i] == TRUTH || kinds[i] == TEXT) {
      return Optional.of("is not a number");
    }
    if (kinds[i] == NON_FINITE_TEXT || kinds[i] == FRACTION) {
      return Optional.of("is not a whole number that fits " + type);
    }
    boolean fits =
        switch (type) {
          case UINT64 -> kinds[i] == UNSIGNED || values[i] >= 0;
          case INT64 -> kinds[i] != UNSIGNED;
          default ->
              kinds[i] != UNSIGNED && values[i] >= least(type) && values[i] <= greatest(type);
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
    return switch (kinds[i]) {
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
    return switch (kinds[i]) {
      case FRACTION -> Double.longBitsToDouble(values[i]);
      case UNSIGNED -> unsignedToDouble(values[i]);
      case MINUS_ZERO -> -0.0;
      case NON_FINITE_TEXT -> Double.parseDouble(NON_FINITE.get((int) values[i]));
      default -> values[i];
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
    ByteBuffer out = ByteBuffer.allocate(type.bytes() * size).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      switch (type) {
        case BOOL, UINT8, INT8 -> out.put((byte) values[i]);
        case UINT16, INT16 -> out.putShort((short) values[i]);
        case UINT32, INT32 -> out.putInt((int) values[i]);
        case UINT64, INT64 -> out.putLong(values[i]);
        case FP16 -> out.putShort(half(number(i)));
        case FP32 -> out.putFloat((float) number(i));
        case FP64 -> out.putDouble(number(i));
        case BYTES -> throw new IllegalArgumentException("BYTES are laid out as texts");
      }
    }
    return out.flip();
  }

  private ByteBuffer layoutTexts() {
    List<byte[]> encoded = IntStream.range(0, size).mapToObj(i -> text(i).getBytes(UTF_8)).toList();
    int total = encoded.stream().mapToInt(bytes -> 4 + bytes.length).sum();
    ByteBuffer out = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    encoded.forEach(bytes -> out.putInt(bytes.length).put(bytes));
    return out.flip();
  }

  private String text(int i) {
    return (kinds[i] == TEXT ? texts : NON_FINITE).get((int) values[i]);
  }

  /** The place of an element below the pointer of the data: {@code /3/17}. */
  private String place(int element) {
    StringBuilder path = new StringBuilder();
    long below = size;
    long rest = element;
    for (int axis = 0; axis < rank; axis++) {
      below /= nesting[axis];
      path.append('/').append(rest / below);
      rest %= below;
    }
    return path.toString();
  }
}
