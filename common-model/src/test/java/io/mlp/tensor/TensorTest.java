package io.mlp.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorTest {
  @Test
  void refusesBytesThatDoNotFitItsShape() {
    ByteBuffer seven = ByteBuffer.allocate(7);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Tensor("x", TensorType.FP32, TensorShape.of(2), seven))
        .withMessage("x FP32[2]: 7 bytes (expected: 8)");
  }

  /** 2^61 elements of 8 bytes are 2^64 bytes, which a long counts as none. */
  @Test
  void refusesAShapeWhoseBytesCannotBeCounted() {
    ByteBuffer nothing = ByteBuffer.allocate(0);

    assertThatThrownBy(() -> new Tensor("x", TensorType.FP64, TensorShape.of(1L << 61), nothing))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void takesTheBytesFromPositionToLimit() {
    ByteBuffer buffer = Tensors.littleEndian(12).putInt(1).putInt(2).putInt(3);
    Tensor tensor =
        new Tensor("x", TensorType.INT32, TensorShape.of(1), buffer.position(4).limit(8));

    assertThat(tensor.data().getInt()).isEqualTo(2);
    assertThat(tensor.byteSize()).isEqualTo(4);
  }

  @Test
  void givesEachReaderAViewOfItsOwn() {
    Tensor tensor = Tensors.int64("n", 2, 5, 6);

    assertThat(tensor.data().getLong()).isEqualTo(5);
    assertThat(tensor.data().getLong()).isEqualTo(5);
  }

  @Test
  void cannotBeWrittenTo() {
    ByteBuffer data = Tensors.int64("n", 1, 5).data();

    assertThatThrownBy(() -> data.put((byte) 0)).isInstanceOf(ReadOnlyBufferException.class);
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,3", "0,3", "2,2"})
  void sliceHoldsTheRowsFromOneToTheOther(int from, int to) {
    Tensor whole = Tensors.int64("n", 3, 10, 11, 20, 21, 30, 31);

    Tensor slice = whole.slice(from, to);

    assertThat(slice.shape()).isEqualTo(TensorShape.of(to - from, 2));
    assertThat(longs(slice)).isEqualTo(longs(whole).subList(2 * from, 2 * to));
    assertThat(slice.name()).isEqualTo("n");
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,3", "0,3", "3,3"})
  void sliceOfTextsHoldsTheRowsFromOneToTheOther(int from, int to) {
    Tensor whole = Tensors.texts("words", 3, "a", "", "ccc", "dddd", "ü", "f");

    Tensor slice = whole.slice(from, to);

    assertThat(slice.shape()).isEqualTo(TensorShape.of(to - from, 2));
    assertThat(texts(slice)).isEqualTo(texts(whole).subList(2 * from, 2 * to));
  }

  @Test
  void slicesOfSlicesCountFromTheSlice() {
    Tensor slice = Tensors.texts("words", 4, "a", "bb", "ccc", "dddd").slice(1, 4).slice(1, 2);

    assertThat(texts(slice)).containsExactly("ccc");
  }

  @Test
  void concatenationHoldsAllRowsInOrder() {
    Tensor whole =
        Tensor.concatenate(
            List.of(Tensors.int64("n", 1, 1, 2), Tensors.int64("n", 2, 3, 4, 5, 6)),
            ByteBuffer.allocate(48));

    assertThat(whole).isEqualTo(Tensors.int64("n", 3, 1, 2, 3, 4, 5, 6));
  }

  @Test
  void concatenationOfTextsHoldsAllRowsInOrder() {
    List<Tensor> parts = List.of(Tensors.texts("w", 2, "a", "bb"), Tensors.texts("w", 1, ""));
    int size = parts.stream().mapToInt(Tensor::byteSize).sum();

    Tensor whole = Tensor.concatenate(parts, ByteBuffer.allocate(size));

    assertThat(whole).isEqualTo(Tensors.texts("w", 3, "a", "bb", ""));
  }

  @Test
  void concatenationGoesWhereTheTargetStands() {
    ByteBuffer target = Tensors.littleEndian(24).putLong(99);

    Tensor whole = Tensor.concatenate(List.of(Tensors.int64("n", 1, 7)), target);

    assertThat(longs(whole)).containsExactly(7L);
    assertThat(target.position()).isEqualTo(16);
    assertThat(target.getLong(0)).isEqualTo(99);
  }

  @Test
  void concatenatingWhatWasSlicedGivesTheWholeBack() {
    Tensor whole = Tensors.texts("words", 3, "a", "", "ccc", "dddd", "ü", "f");

    Tensor again =
        Tensor.concatenate(
            List.of(whole.slice(0, 1), whole.slice(1, 1), whole.slice(1, 3)),
            ByteBuffer.allocate(whole.byteSize()));

    assertThat(again).isEqualTo(whole);
  }

  @Test
  void renamingChangesNothingElse() {
    assertThat(Tensors.int64("n", 2, 1, 2).named("m")).isEqualTo(Tensors.int64("m", 2, 1, 2));
  }

  @Test
  void isEqualOnlyInNameTypeShapeAndElements() {
    Tensor tensor = Tensors.int64("n", 2, 1, 2);

    assertThat(tensor).isEqualTo(Tensors.int64("n", 2, 1, 2));
    assertThat(tensor).hasSameHashCodeAs(Tensors.int64("n", 2, 1, 2));
    assertThat(tensor).isNotEqualTo(Tensors.int64("m", 2, 1, 2));
    assertThat(tensor).isNotEqualTo(Tensors.int64("n", 2, 1, 3));
    assertThat(tensor).isNotEqualTo(Tensors.int64("n", 1, 1, 2));
    assertThat(tensor)
        .isNotEqualTo(new Tensor("n", TensorType.UINT64, tensor.shape(), tensor.data()));
  }

  @Test
  void scalarIsOneRow() {
    Tensor scalar =
        new Tensor("x", TensorType.BOOL, TensorShape.of(), ByteBuffer.wrap(new byte[] {1}));

    assertThat(scalar.rows()).isEqualTo(1);
    assertThat(Tensors.int64("n", 3, 1, 2, 3).rows()).isEqualTo(3);
    assertThat(scalar.hasRows(1)).as("it cannot be cut").isFalse();
    assertThat(Tensors.int64("n", 3, 1, 2, 3).hasRows(3)).isTrue();
    assertThat(Tensors.int64("n", 3, 1, 2, 3).hasRows(2)).isFalse();
  }

  /** So that no log line ever shows a client's data. */
  @Test
  void showsNoElements() {
    assertThat(Tensors.texts("words", 1, "secret")).hasToString("words BYTES[1]");
  }

  private static List<Long> longs(Tensor tensor) {
    ByteBuffer data = tensor.data();
    List<Long> elements = new ArrayList<>();
    while (data.hasRemaining()) {
      elements.add(data.getLong());
    }
    return elements;
  }

  private static List<String> texts(Tensor tensor) {
    ByteBuffer data = tensor.data();
    List<String> elements = new ArrayList<>();
    while (data.hasRemaining()) {
      byte[] bytes = new byte[data.getInt()];
      data.get(bytes);
      elements.add(new String(bytes, UTF_8));
    }
    return elements;
  }
}
