package io.mlp.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TensorShapeTest {
  @Test
  void countsItsElements() {
    assertThat(TensorShape.of(2, 3, 4).elements()).isEqualTo(24);
    assertThat(TensorShape.of(2, 0, 4).elements()).isZero();
    assertThat(TensorShape.of().elements()).isEqualTo(1);
  }

  @Test
  void countsTheElementsOfARow() {
    assertThat(TensorShape.of(7, 3, 4).elementsPerRow()).isEqualTo(12);
    assertThat(TensorShape.of(7).elementsPerRow()).isEqualTo(1);
  }

  @Test
  void refusesToCountMoreElementsThanALongHolds() {
    TensorShape huge = TensorShape.of(4_294_967_296L, 2_147_483_648L);

    assertThatThrownBy(huge::elements).isInstanceOf(ArithmeticException.class);
    assertThat(huge.elementsPerRow()).isEqualTo(2_147_483_648L);
  }

  static Stream<Arguments> pairs() {
    return Stream.of(
        Arguments.of(TensorShape.of(-1, 64), TensorShape.of(5, 64), true),
        Arguments.of(TensorShape.of(-1, 64), TensorShape.of(0, 64), true),
        Arguments.of(TensorShape.of(-1, 64), TensorShape.of(5, 63), false),
        Arguments.of(TensorShape.of(-1, 64), TensorShape.of(64), false),
        Arguments.of(TensorShape.of(-1, 64), TensorShape.of(5, 64, 1), false),
        Arguments.of(TensorShape.of(-1, -1), TensorShape.of(3, 9), true),
        Arguments.of(TensorShape.of(1, 2), TensorShape.of(2, 1), false),
        Arguments.of(TensorShape.of(), TensorShape.of(), true),
        Arguments.of(TensorShape.of(), TensorShape.of(1), false),
        Arguments.of(TensorShape.UNRANKED, TensorShape.of(), true),
        Arguments.of(TensorShape.UNRANKED, TensorShape.of(2, 0, 3), true));
  }

  @ParameterizedTest(name = "{0} accepts {1}: {2}")
  @MethodSource("pairs")
  void acceptsWhatHasItsRankAndItsFixedDimensions(
      TensorShape declared, TensorShape actual, boolean accepted) {
    assertThat(declared.accepts(actual)).isEqualTo(accepted);
  }

  @Test
  void isNoScalar_whenItsRankIsUnknown() {
    assertThat(TensorShape.UNRANKED).isNotEqualTo(TensorShape.of());
    assertThat(TensorShape.of()).isNotEqualTo(TensorShape.UNRANKED);
  }

  @Test
  void changesItsRowsOnly() {
    TensorShape shape = TensorShape.of(-1, 64);

    assertThat(shape.withRows(3)).isEqualTo(TensorShape.of(3, 64));
    assertThat(shape).isEqualTo(TensorShape.of(-1, 64));
  }

  @Test
  void doesNotChangeWithTheArrayItWasMadeOf() {
    long[] dimensions = {1, 2};
    TensorShape shape = TensorShape.of(dimensions);

    dimensions[0] = 9;
    shape.toArray()[1] = 9;

    assertThat(shape).isEqualTo(TensorShape.of(1, 2));
  }

  @Test
  void readsAsJson() {
    assertThat(TensorShape.of(-1, 64)).hasToString("[-1, 64]");
    assertThat(TensorShape.of()).hasToString("[]");
  }
}
