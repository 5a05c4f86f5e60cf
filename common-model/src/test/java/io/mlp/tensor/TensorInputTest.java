package io.mlp.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Whatever the pieces are, the JSON is that of the whole. */
class TensorInputTest {
  private static final JsonFactory JSON = JsonFactory.builder().build();

  @ParameterizedTest
  @EnumSource(value = TensorType.class, mode = Mode.EXCLUDE, names = "BYTES")
  void readsNumbersAcrossPieces(TensorType type) {
    byte[] bits = new byte[type.bytes() * 2 * 3];
    new Random(4789).nextBytes(bits);

    assertReadsAcrossPieces(
        new Tensor("größe", type, TensorShape.of(2, 3), ByteBuffer.wrap(bits)),
        new Tensor("once", type, TensorShape.of(), ByteBuffer.wrap(bits, 0, type.bytes())),
        new Tensor("none", type, TensorShape.of(2, 0), ByteBuffer.allocate(0)));
  }

  @Test
  void readsTextsAcrossPieces() {
    assertReadsAcrossPieces(
        Tensors.texts("words", 2, "", "a\0b\"\\", "längeres Wort 🙂", " "),
        Tensors.int64("n", 1, -2),
        Tensors.texts("none", 1));
  }

  @Test
  void readsNoTensors() {
    assertReadsAcrossPieces();
  }

  /** Cut in two at every place, and into pieces of every size. */
  private static void assertReadsAcrossPieces(Tensor... tensors) {
    byte[] stored = TensorCodec.encode(List.of(tensors));
    byte[] whole = json(out -> TensorJson.write(out, List.of(tensors)));
    for (int at = 1; at < stored.length; at++) {
      Supplier<byte[]> two =
          queue(List.of(Arrays.copyOf(stored, at), Arrays.copyOfRange(stored, at, stored.length)));
      assertThat(json(two)).as("cut at %d", at).isEqualTo(whole);
    }
    for (int size = 1; size <= stored.length; size++) {
      assertThat(json(pieces(stored, size))).as("pieces of %d", size).isEqualTo(whole);
    }
  }

  /** Of two, three and four bytes in UTF-8, and of two characters in Java, at every offset. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "é", "€", "🙂", "a🙂", "\"", "\0é"})
  void readsTextsThatAreLongerThanAPiece(String repeated) {
    int times = 3 * TensorJson.LONG_TEXT / repeated.getBytes(UTF_8).length;
    for (String before : List.of("", "x", "xx", "xxx")) {
      String text = before + repeated.repeat(times);
      Tensor tensor = Tensors.texts("long", 3, "before", text, "after");
      byte[] stored = TensorCodec.encode(List.of(tensor, Tensors.int64("n", 1, 5)));
      String shown = new String(json(pieces(stored, TensorJson.LONG_TEXT)), UTF_8);

      assertThat(shown.equals(shownAlone(text))).as("%s after %s", repeated, before).isTrue();
    }
  }

  private static String shownAlone(String text) {
    byte[] quoted = json(out -> out.writeString(text));
    return "[{\"name\":\"long\",\"shape\":[3],\"datatype\":\"BYTES\",\"data\":[\"before\","
        + new String(quoted, UTF_8)
        + ",\"after\"]},{\"name\":\"n\",\"shape\":[1],\"datatype\":\"INT64\",\"data\":[5]}]";
  }

  /** Bytes that are no UTF-8 are shown alike, be the text long or not. */
  @Test
  void readsTextsThatAreNone() {
    byte[] bytes = new byte[4 + 2 * TensorJson.LONG_TEXT];
    new Random(4789).nextBytes(bytes);
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(0, bytes.length - 4);
    Tensor tensor = new Tensor("noise", TensorType.BYTES, TensorShape.of(1), data);
    byte[] stored = TensorCodec.encode(List.of(tensor));
    byte[] quoted = json(out -> out.writeString(new String(bytes, 4, bytes.length - 4, UTF_8)));

    assertThat(new String(json(pieces(stored, 1000)), UTF_8))
        .contains("\"data\":[" + new String(quoted, UTF_8) + "]");
  }

  @Test
  void takesNoMorePiecesThanItNeeds() {
    byte[] stored = TensorCodec.encode(List.of(Tensors.int64("n", 1, 5)));
    List<byte[]> taken = new ArrayList<>();
    Supplier<byte[]> pieces = pieces(stored, 7);

    json(() -> {
      byte[] piece = pieces.get();
      taken.add(piece);
      return piece;
    });

    assertThat(taken).hasSize((stored.length + 6) / 7);
  }

  @Test
  void refusesBytesThatAreCutOffAnywhere() {
    byte[] stored =
        TensorCodec.encode(List.of(Tensors.texts("w", 1, "text"), Tensors.int64("n", 1, 5)));
    for (int length = 0; length < stored.length; length++) {
      byte[] part = Arrays.copyOf(stored, length);
      assertThatIllegalArgumentException()
          .as("the first %d bytes", length)
          .isThrownBy(() -> json(pieces(part, 5)))
          .withMessage("The stored tensors are cut short");
    }
  }

  @Test
  void refusesAnotherFormat() {
    assertThatThrownBy(() -> json(pieces(new byte[] {2, 0, 0}, 3)))
        .hasMessageContaining("tensor format: 2 (expected: 1)");
  }

  private static byte[] json(Supplier<byte[]> pieces) {
    return json(out -> TensorJson.write(out, new TensorInput(pieces)));
  }

  private static byte[] json(Consumer<JsonGenerator> content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      content.accept(json);
    }
    return bytes.toByteArray();
  }

  private static Supplier<byte[]> pieces(byte[] stored, int size) {
    List<byte[]> pieces = new ArrayList<>();
    for (int from = 0; from < stored.length; from += size) {
      pieces.add(Arrays.copyOfRange(stored, from, Math.min(stored.length, from + size)));
    }
    return queue(pieces);
  }

  private static Supplier<byte[]> queue(List<byte[]> pieces) {
    List<byte[]> left = new ArrayList<>(pieces);
    return () -> left.isEmpty() ? new byte[0] : left.removeFirst();
  }
}
