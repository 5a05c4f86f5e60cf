package io.mlp.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import io.mlp.tensor.Tensors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A key that two questions share is a wrong answer for one of them. */
class ContentKeyTest {
  private static final ContentKey.Scope DIGITS =
      ContentKey.Scope.of("9f".repeat(32), List.of("zero", "one"));

  private static final Tensor X = Tensors.fp32("x", 1, 0.5f, 1.5f);
  private static final Tensor Y = Tensors.int64("y", 1, 7);

  @Test
  void isTheSameForTheSameQuestion_inWhateverOrder() {
    assertThat(DIGITS.key("vision", List.of(X, Y), List.of("label", "scores")))
        .isEqualTo(DIGITS.key("vision", List.of(Y, X), Set.of("scores", "label")));
  }

  /** Stays as it is, or every upgrade begins with an empty cache. */
  @Test
  void isAnotherForEachOwner() {
    assertThat(DIGITS.key("vision", List.of(X), List.of()))
        .isNotEqualTo(DIGITS.key("speech", List.of(X), List.of()));
  }

  @Test
  void isPinned() {
    assertThat(DIGITS.key("vision", List.of(X), List.of()).inRedis())
        .asString(US_ASCII)
        .isEqualTo("mlp:content:00725b4005a2a65d382ff305831cb05de346980dbf604eaeaee2749a77323969");
  }

  @Test
  void tellsModelsAndLabelsApart() {
    List<ContentKey.Scope> scopes =
        List.of(
            DIGITS,
            ContentKey.Scope.of("8f".repeat(32), List.of("zero", "one")),
            ContentKey.Scope.of("9f".repeat(32), List.of("one", "zero")),
            ContentKey.Scope.of("9f".repeat(32), List.of("zeroone")),
            ContentKey.Scope.of("9f".repeat(32), List.of()));

    assertThat(scopes.stream().map(scope -> scope.key("vision", List.of(X), List.of())))
        .doesNotHaveDuplicates();
  }

  @Test
  void tellsRequestedOutputsApart() {
    assertThat(
            List.of(
                DIGITS.key("vision", List.of(X), List.of()),
                DIGITS.key("vision", List.of(X), List.of("a")),
                DIGITS.key("vision", List.of(X), List.of("a", "b")),
                DIGITS.key("vision", List.of(X), List.of("ab")),
                DIGITS.key("vision", List.of(X), List.of("b"))))
        .doesNotHaveDuplicates();
  }

  @Test
  void tellsInputsApartThatAreNearlyEqual() {
    Tensor zero = Tensors.fp32("x", 1, 0.0f, 1.5f);
    Tensor minusZero = Tensors.fp32("x", 1, -0.0f, 1.5f);
    Tensor nextUp = Tensors.fp32("x", 1, Math.nextUp(0.5f), 1.5f);
    Tensor twoRows = Tensors.fp32("x", 2, 0.5f, 1.5f);
    Tensor otherType = new Tensor("x", TensorType.INT32, X.shape(), X.data());

    assertThat(
            List.of(X, zero, minusZero, nextUp, twoRows, otherType, X.named("x2")).stream()
                .map(tensor -> DIGITS.key("vision", List.of(tensor), List.of())))
        .doesNotHaveDuplicates();
  }

  /** Two keys are equal exactly where names, types, shapes, bytes and outputs are. */
  @Test
  void isAsGoodAsTheWholeQuestion_overManyNearMisses() {
    Random random = new Random(11);
    Map<ContentKey, Question> seen = new HashMap<>();
    Set<Question> questions = new HashSet<>();
    for (int i = 0; i < 50_000; i++) {
      Question question = Question.any(random);
      Question earlier = seen.putIfAbsent(question.key(random), question);
      assertThat(earlier).isIn(null, question);
      questions.add(question);
    }
    assertThat(seen).hasSameSizeAs(questions);
    assertThat(questions).hasSizeLessThan(50_000);
  }

  /** Few names, shapes and bytes, so that equal questions and near misses are frequent. */
  private record Question(Set<Tensor> inputs, Set<String> outputs) {
    private static final List<String> NAMES = List.of("a", "b", "ab", "");

    static Question any(Random random) {
      Set<Tensor> inputs = new HashSet<>();
      Set<String> names = new HashSet<>(some(random));
      names.forEach(name -> inputs.add(tensor(name, random)));
      return new Question(inputs, new HashSet<>(some(random)));
    }

    private static List<String> some(Random random) {
      return NAMES.subList(0, random.nextInt(NAMES.size()));
    }

    private static Tensor tensor(String name, Random random) {
      byte[] bytes = new byte[2];
      bytes[random.nextInt(2)] = (byte) random.nextInt(3);
      TensorType type = random.nextBoolean() ? TensorType.UINT8 : TensorType.INT8;
      TensorShape shape = random.nextBoolean() ? TensorShape.of(1, 2) : TensorShape.of(2, 1);
      return new Tensor(name, type, shape, ByteBuffer.wrap(bytes));
    }

    ContentKey key(Random random) {
      List<Tensor> shuffled = new ArrayList<>(inputs);
      Collections.shuffle(shuffled, random);
      return DIGITS.key("vision", shuffled, outputs);
    }
  }
}
