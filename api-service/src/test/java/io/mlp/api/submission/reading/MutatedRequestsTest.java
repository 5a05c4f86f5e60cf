package io.mlp.api.submission.reading;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.tensor.TensorType;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Valid bodies, changed a little: what is still accepted says what a plain parser reads in it, what
 * is not is refused with a problem of the client, and neither takes memory out of proportion.
 * {@code -Dfuzz.bodies=1000000} tries more than CI does.
 */
class MutatedRequestsTest {
  private static final int BODIES = Integer.getInteger("fuzz.bodies", 100_000);

  /** Bodies for which classes are loaded and code is compiled. */
  private static final int WARM_UP = 2000;

  /**
   * What a parser, an exception and a copy of the names that parsers share take, whatever the body:
   * a new name copies the table, which begins anew beyond 6,000 names.
   */
  private static final double FREE = 1024 * 1024;

  private static final ThreadMXBean JVM = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Set<ProblemType> REFUSALS =
      Set.of(ProblemType.MALFORMED_JSON, ProblemType.VALIDATION_ERROR);

  private static final List<String> SEEDS =
      List.of(
          """
          {"model":"digits","inputs":{"image":[[0,0,6.5,8],[1e3,-2,0.25,1.0]]}}\
          """,
          """
          {"model":"iris","version":"2","inputs":[{"name":"features","shape":[2,2],"datatype":"FP32",
            "data":[6.2,2.9,4.3,1.3]}],"outputs":["label","probabilities"],"priority":9}\
          """,
          """
          {"model":"texts","inputs":{"x":["Stra\\u00dfe","\\ud83d\\ude00","","a\\"b\\\\"],"n":"NaN","y":[[true,false]]},
            "metadata":{"k":"v","empty":""},"deadline":"PT30S","max_attempts":3,"cache":"use"}\
          """,
          """
          { "inputs" : { "a" : [] , "b" : [[],[]] , "c" : 18446744073709551615 , "d" : -9223372036854775808 } ,
            "model" : "m" }\
          """);

  private static final List<String> TOKENS =
      List.of(
          "\"",
          "[",
          "]",
          "{",
          "}",
          ",",
          ":",
          "null",
          "true",
          "NaN",
          "1e999",
          "0x1",
          "\\u0000",
          "\\",
          "\"model\":",
          "-",
          "1",
          "00",
          " ",
          "\n",
          "\u00e9",
          "\ud83d\ude00",
          "//",
          "[[[[[[[[[[[[[[[[[");

  private static final JsonMapper PLAIN =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Random random = new Random(20_261_128);
  private final Map<ProblemType, Integer> refused = new HashMap<>();
  private int accepted;
  private double mostAllocated;

  @Test
  void saysWhatAPlainParserReads_orIsRefused() {
    for (int i = 0; i < BODIES; i++) {
      byte[] body = mutated(SEEDS.get(i % SEEDS.size()));
      read(body).ifPresent(request -> assertIsWhatStandsThere(body, request));
    }
    System.out.printf(
        "%d bodies: %d accepted, refused %s; at most %.0f bytes allocated per byte beyond 1 MiB%n",
        BODIES, accepted, refused, mostAllocated);
    assertThat(accepted).isGreaterThan(BODIES * 3 / 10);
    assertThat(refused.keySet()).isEqualTo(REFUSALS);
  }

  private Optional<JobRequest> read(byte[] body) {
    long before = JVM.getCurrentThreadAllocatedBytes();
    Optional<JobRequest> request = accepted(body);
    double allocated = JVM.getCurrentThreadAllocatedBytes() - before - FREE;
    if (accepted + refused.values().stream().mapToInt(it -> it).sum() < WARM_UP) {
      return request;
    }
    mostAllocated = Math.max(mostAllocated, allocated / body.length);
    if (allocated >= 64 * body.length) {
      throw new AssertionError("%.0f bytes allocated for %s".formatted(allocated, shown(body)));
    }
    return request;
  }

  private Optional<JobRequest> accepted(byte[] body) {
    try {
      JobRequest request =
          JobRequestReader.read(body, new MemoryBudget(Long.MAX_VALUE, Duration.ZERO).open());
      accepted++;
      return Optional.of(request);
    } catch (ProblemException e) {
      assertThat(e.type()).as(shown(body)).isIn(REFUSALS);
      refused.merge(e.type(), 1, Integer::sum);
      return Optional.empty();
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(shown(body), e);
    }
  }

  /** Mostly changes that leave it valid; some that may not; seldom several. */
  private byte[] mutated(String seed) {
    StringBuilder text = new StringBuilder(seed);
    int times = 1 + random.nextInt(2);
    for (int i = 0; i < times && !text.isEmpty(); i++) {
      if (random.nextInt(10) < 7) {
        changeADigit(text);
      } else {
        breakOff(text);
      }
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    if (bytes.length > 0 && random.nextInt(50) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private void changeADigit(StringBuilder text) {
    for (int tries = 0; tries < 50; tries++) {
      int at = random.nextInt(text.length());
      char c = text.charAt(at);
      if (c >= '1' && c <= '9') {
        text.setCharAt(at, (char) ('1' + random.nextInt(9)));
        return;
      }
      if (c == ',' || c == ':') {
        text.insert(at + 1, random.nextBoolean() ? " " : "\n\t");
        return;
      }
    }
  }

  private void breakOff(StringBuilder text) {
    int at = random.nextInt(text.length());
    int to = Math.min(text.length(), at + random.nextInt(8));
    switch (random.nextInt(5)) {
      case 0 -> text.delete(at, to);
      case 1 -> text.insert(at, text.substring(at, to));
      case 2 -> text.insert(at, TOKENS.get(random.nextInt(TOKENS.size())));
      case 3 -> text.replace(at, to, TOKENS.get(random.nextInt(TOKENS.size())));
      default -> text.setLength(Math.max(1, at));
    }
  }

  private static void assertIsWhatStandsThere(byte[] body, JobRequest request) {
    String shown = shown(body);
    JsonNode plain = PLAIN.readTree(body);
    assertThat(request.model()).as(shown).isEqualTo(plain.path("model").asString());
    assertThat(request.version()).as(shown).isEqualTo(textOrNull(plain.path("version")));
    assertThat(request.deadline()).as(shown).isEqualTo(textOrNull(plain.path("deadline")));
    assertThat(request.priority() == null)
        .as(shown)
        .isEqualTo(plain.path("priority").isMissingNode());
    plain
        .path("metadata")
        .forEachEntry((name, value) ->
            assertThat(request.metadata()).as(shown).containsEntry(name, value.asString()));
    JsonNode inputs = plain.path("inputs");
    assertThat(request.inputs()).as(shown).hasSize(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      RawTensor input = request.inputs().get(i);
      JsonNode data = inputs.isArray() ? inputs.path(i).path("data") : inputs.path(input.name());
      if (inputs.isArray()) {
        assertThat(input.name()).as(shown).isEqualTo(inputs.path(i).path("name").asString());
      }
      assertHolds(shown, input, leaves(data, new ArrayList<>()));
    }
  }

  private static @Nullable String textOrNull(JsonNode node) {
    return node.isMissingNode() ? null : node.asString();
  }

  private static List<JsonNode> leaves(JsonNode node, List<JsonNode> found) {
    if (node.isArray()) {
      node.forEach(below -> leaves(below, found));
    } else {
      found.add(node);
    }
    return found;
  }

  private static void assertHolds(String shown, RawTensor input, List<JsonNode> leaves) {
    assertThat(input.data().size()).as(shown).isEqualTo(leaves.size());
    boolean texts = !leaves.isEmpty() && leaves.stream().allMatch(JsonNode::isString);
    boolean numbers = leaves.stream().allMatch(JsonNode::isNumber);
    if (texts
        && input.data().layout(TensorType.BYTES, "#") instanceof Elements.Layout.Bytes(var bytes)) {
      assertThat(texts(bytes))
          .as(shown)
          .isEqualTo(leaves.stream().map(JsonNode::asString).toList());
    } else if (numbers
        && input.data().layout(TensorType.FP64, "#") instanceof Elements.Layout.Bytes(var bytes)) {
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      for (JsonNode leaf : leaves) {
        assertThat(bytes.getDouble()).as(shown).isEqualTo(Double.parseDouble(leaf.asString()));
      }
    }
  }

  private static List<String> texts(ByteBuffer bytes) {
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    List<String> texts = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] text = new byte[bytes.getInt()];
      bytes.get(text);
      texts.add(new String(text, UTF_8));
    }
    return texts;
  }

  private static String shown(byte[] body) {
    return new String(body, ISO_8859_1) + "\n" + HexFormat.of().formatHex(body);
  }
}
