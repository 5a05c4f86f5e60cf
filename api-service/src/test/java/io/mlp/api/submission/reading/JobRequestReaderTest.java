package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Problems;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much a request may have of each kind, and what of the memory its reading takes. */
class JobRequestReaderTest {
  private static final int MIB = 1024 * 1024;

  private final MemoryBudget budget = new MemoryBudget(64 * MIB, Duration.ZERO);
  private final MemoryBudget.Share memory = budget.open();

  @Test
  void takesAThousandInputs() {
    assertThat(read(withInputs(shortInputs(1024))).inputs()).hasSize(1024);
    assertThat(read(withInputs(protocolInputs(1024))).inputs()).hasSize(1024);

    assertThat(refusal(withInputs(shortInputs(1025))))
        .isEqualTo("#/inputs  has more than 1024 inputs");
    assertThat(refusal(withInputs(protocolInputs(1025))))
        .isEqualTo("#/inputs  has more than 1024 inputs");
  }

  private static String shortInputs(int count) {
    return IntStream.range(0, count)
        .mapToObj("\"n%d\":[]"::formatted)
        .collect(joining(",", "{", "}"));
  }

  private static String protocolInputs(int count) {
    String tensor = "{\"name\":\"n%d\",\"shape\":[0],\"datatype\":\"FP32\",\"data\":[]}";
    return IntStream.range(0, count).mapToObj(tensor::formatted).collect(joining(",", "[", "]"));
  }

  @Test
  void takesAThousandOutputs() {
    assertThat(read(with("outputs", outputs(1024))).outputs()).hasSize(1024);

    assertThat(refusal(with("outputs", outputs(1025))))
        .isEqualTo("#/outputs  has more than 1024 names");
  }

  private static String outputs(int count) {
    return IntStream.range(0, count).mapToObj("\"n%d\""::formatted).collect(joining(",", "[", "]"));
  }

  @Test
  void takesNamesOfAThousandCharacters() {
    String longest = "\u00e4".repeat(1024);
    assertThat(read(withInputs("{\"%s\":[1]}".formatted(longest))).inputs())
        .first()
        .extracting(RawTensor::name)
        .isEqualTo(longest);

    assertThat(refusal(withInputs("{\"%s\":[1]}".formatted(longest + "x"))))
        .isEqualTo("#/inputs  has a name of more than 1024 characters");
    assertThat(refusal(withInputs("[{\"name\":\"%sx\"}]".formatted(longest))))
        .isEqualTo("#/inputs/0/name  has more than 1024 characters");
    assertThat(refusal(with("outputs", "[\"%sx\"]".formatted(longest))))
        .isEqualTo("#/outputs/0  has more than 1024 characters");
    assertThat(refusal(with(longest + "x", "1")))
        .isEqualTo("#  has a name of more than 1024 characters");
    assertThat(refusal(withInputs("{\"%s\":[1]}".formatted("x".repeat(60_000)))))
        .startsWith("#/inputs  Name length (")
        .endsWith("exceeds the maximum allowed (50000)");
  }

  /** A problem tells the place and quotes no megabytes. */
  @Test
  void refusesOtherLongTexts() {
    assertThat(refusal("{\"model\":\"%s\"}".formatted("m".repeat(1025))))
        .isEqualTo("#/model  has more than 1024 characters");
    assertThat(refusal(with("deadline", "\"%s\"".formatted("P".repeat(1025)))))
        .isEqualTo("#/deadline  has more than 1024 characters");
    assertThat(refusal(with("metadata", "{\"k\":\"%s\"}".formatted("v".repeat(4097)))))
        .isEqualTo("#/metadata/k  has more than 4096 characters");
  }

  @Test
  void refusesAShapeOfSeventeenDimensions() {
    String shape = "1,".repeat(16) + "1";
    assertThat(refusal(withInputs("[{\"name\":\"x\",\"shape\":[%s]}]".formatted(shape))))
        .isEqualTo("#/inputs/0/shape  has 17 dimensions (expected: at most 16)");
  }

  @Test
  void readsManyElements() {
    int count = 100_000;
    String data = IntStream.range(0, count).mapToObj(Integer::toString).collect(joining(","));

    Elements elements = read(withInputs("{\"x\":[%s]}".formatted(data))).inputs().getFirst().data();

    ByteBuffer numbers = bytes(elements.layout(TensorType.INT32, "#/inputs/x"));
    assertThat(IntStream.generate(numbers::getInt).limit(count))
        .containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
  }

  @Test
  void readsManyTexts() {
    int count = 100_000;
    String data =
        IntStream.range(0, count).mapToObj("\"\u00e4%d\""::formatted).collect(joining(","));

    Elements elements = read(withInputs("{\"x\":[%s]}".formatted(data))).inputs().getFirst().data();

    ByteBuffer texts = bytes(elements.layout(TensorType.BYTES, "#/inputs/x"));
    for (int i = 0; i < count; i++) {
      byte[] text = new byte[texts.getInt()];
      texts.get(text);
      assertThat(new String(text, UTF_8)).isEqualTo("\u00e4" + i);
    }
    assertThat(texts.hasRemaining()).isFalse();
  }

  private static ByteBuffer bytes(Elements.Layout layout) {
    return ((Elements.Layout.Bytes) layout).buffer();
  }

  @Test
  void takesWhatTheElementsAndTheirBytesHold() {
    Elements elements =
        read(withInputs("{\"x\":[%s1]}".formatted("1,".repeat(MIB - 1))))
            .inputs()
            .getFirst()
            .data();
    assertThat(memory.held()).isBetween(9L * MIB, 9L * MIB + 4096);

    elements.layout(TensorType.FP64, "#/inputs/x");

    assertThat(memory.held()).isBetween(17L * MIB, 17L * MIB + 4096);
  }

  @Test
  void isOverloaded_whenOthersHoldTheMemory() {
    try (MemoryBudget.Share other = budget.open()) {
      other.take(46 * MIB);
      String body = withInputs("{\"x\":[%s1]}".formatted("1,".repeat(MIB)));

      assertThat(problem(body).type()).isEqualTo(ProblemType.OVERLOADED);
    }
  }

  private JobRequest read(String body) {
    return JobRequestReader.read(body.getBytes(UTF_8), memory);
  }

  private ProblemException problem(String body) {
    return catchThrowableOfType(ProblemException.class, () -> read(body));
  }

  private String refusal(String body) {
    ProblemException problem = problem(body);
    assertThat(problem.type()).isEqualTo(ProblemType.VALIDATION_ERROR);
    return Problems.lines(problem).getFirst();
  }

  private static String withInputs(String inputs) {
    return "{\"model\":\"m\",\"inputs\":%s}".formatted(inputs);
  }

  private static String with(String member, String value) {
    return "{\"model\":\"m\",\"inputs\":{},\"%s\":%s}".formatted(member, value);
  }
}
