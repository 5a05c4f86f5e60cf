package io.mlp.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlp.GoldenFiles;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class TensorCodecTest {
  /** Stored jobs outlive releases: these bytes must be read, and written, for ever. */
  @Test
  void bytesAreThoseOfTheGoldenFile() {
    List<Tensor> tensors =
        List.of(
            Tensors.fp32("größe", 2, 1.5f, -0.0f, Float.NaN, Float.NEGATIVE_INFINITY),
            Tensors.int64("n", 1, -2),
            new Tensor("once", TensorType.BOOL, TensorShape.of(), ByteBuffer.wrap(new byte[] {1})),
            Tensors.texts("words", 2, "", "hé"));

    byte[] golden = GoldenFiles.hex("tensors.hex");

    assertThat(TensorCodec.encode(tensors)).isEqualTo(golden);
    assertThat(TensorCodec.decode(golden)).isEqualTo(tensors);
  }

  /** Every type's code, so that no reordering of the enum changes what is stored. */
  @Test
  void typeCodesAreThoseOfTheGoldenFile() {
    List<Tensor> one =
        Arrays.stream(TensorType.values())
            .map(type -> new Tensor("", type, TensorShape.of(0), ByteBuffer.allocate(0)))
            .toList();

    assertThat(TensorCodec.encode(one)).isEqualTo(GoldenFiles.hex("tensor-types.hex"));
  }

  @ParameterizedTest
  @EnumSource(value = TensorType.class, mode = Mode.EXCLUDE, names = "BYTES")
  void bringsNumbersBackBitForBit(TensorType type) {
    byte[] bits = new byte[type.bytes() * 2 * 3 * 5];
    new Random(4789).nextBytes(bits);
    Tensor tensor = new Tensor("x", type, TensorShape.of(2, 3, 5), ByteBuffer.wrap(bits));

    assertThat(TensorCodec.decode(TensorCodec.encode(List.of(tensor)))).containsExactly(tensor);
  }

  @Test
  void bringsTextsBack() {
    Tensor words = Tensors.texts("words", 2, "", "a\0b", "längeres Wort 🙂", " ");

    assertThat(TensorCodec.decode(TensorCodec.encode(List.of(words)))).containsExactly(words);
  }

  @Test
  void bringsNoTensorsBack() {
    assertThat(TensorCodec.decode(TensorCodec.encode(List.of()))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 255})
  void refusesAnotherFormat(int format) {
    byte[] stored = TensorCodec.encode(List.of(Tensors.int64("n", 1, 5)));
    stored[0] = (byte) format;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorCodec.decode(stored))
        .withMessageContaining("tensor format: " + (byte) format + " (expected: 1)");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 14, 255})
  void refusesATypeThatItDoesNotKnow(int code) {
    byte[] stored = TensorCodec.encode(List.of(Tensors.int64("n", 1, 5)));
    int codeOffset = 1 + 2 + 2 + "n".length();
    stored[codeOffset] = (byte) code;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorCodec.decode(stored))
        .withMessageContaining("tensor type code");
  }

  @Test
  void refusesBytesThatAreCutOffAnywhere() {
    byte[] whole = GoldenFiles.hex("tensors.hex");

    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> TensorCodec.decode(part))
          .as("the first %d bytes", length)
          .isNotNull();
    }
  }

  @Test
  void decodedTensorsShareTheBytes() {
    byte[] stored = TensorCodec.encode(List.of(Tensors.int64("n", 1, 5)));
    Tensor tensor = TensorCodec.decode(stored).getFirst();

    stored[stored.length - 8] = 6;

    assertThat(tensor.data().getLong()).isEqualTo(6);
  }

  @Test
  void refusesANameThatItsLengthCannotTell() {
    Tensor longest = named("x".repeat(TensorCodec.MAX_NAME_BYTES));
    assertThat(TensorCodec.decode(TensorCodec.encode(List.of(longest)))).containsExactly(longest);

    Tensor longer = named("\u00e9".repeat(TensorCodec.MAX_NAME_BYTES / 2 + 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TensorCodec.encode(List.of(longer)))
        .withMessage("bytes of a name: 65536 (expected: at most 65535)");
  }

  private static Tensor named(String name) {
    return new Tensor(name, TensorType.UINT8, TensorShape.of(1), ByteBuffer.allocate(1));
  }
}
