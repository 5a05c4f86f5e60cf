package io.mlp.api.submission.validation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlp.api.Settings;
import io.mlp.api.memory.MemoryBudget;
import io.mlp.api.owner.TestCallers;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.problem.Problems;
import io.mlp.api.submission.reading.JobRequestReader;
import io.mlp.job.CachePolicy;
import io.mlp.tensor.Tensor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code POST /v1/jobs} takes and what it refuses, from the bytes of the body to the job that
 * is stored. Nearly all of it stands in files for people to read: {@code accepted.txt}, {@code
 * refused-tensors.txt} and {@code refused-requests.txt}.
 */
class JobValidationTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final JobValidation validation =
      new JobValidation(
          TestModels.catalogue(),
          Settings.of(SubmissionSettings.class, Map.of("max-attempts", 5)),
          Clock.fixed(NOW, ZoneOffset.UTC));

  static Stream<RequestFile.Case> refusals() {
    return Stream.of("refused-requests.txt", "refused-tensors.txt").flatMap(RequestFile::read);
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refuses(RequestFile.Case request) {
    ProblemException problem = problemOf(request.body());

    List<String> lines = new ArrayList<>();
    lines.add(problem.type().status().value() + " " + name(problem.type()));
    lines.addAll(Problems.lines(problem));
    assertThat(lines)
        .hasSameSizeAs(request.outcome())
        .zipSatisfy(request.outcome(), JobValidationTest::agree);
  }

  private static void agree(String line, String expected) {
    if (expected.endsWith("…")) {
      assertThat(line).startsWith(expected.substring(0, expected.length() - 1));
    } else {
      assertThat(line).isEqualTo(expected);
    }
  }

  static Stream<RequestFile.Case> acceptances() {
    return RequestFile.read("accepted.txt");
  }

  @ParameterizedTest
  @MethodSource("acceptances")
  void storesTheVeryBytes(RequestFile.Case request) {
    NewJob job = validate(request.body());

    assertThat(job.submission().content().inputs().stream().map(JobValidationTest::written))
        .containsExactlyElementsOf(request.outcome());
  }

  @Test
  void fillsInWhatIsLeftOut() {
    NewJob job = validate("{\"model\":\"pixels\",\"inputs\":{\"image\":[[1,2]]}}");

    assertThat(job.submission().priority()).isEqualTo(4);
    assertThat(job.submission().maxAttempts()).isEqualTo(5);
    assertThat(job.submission().content().options().outputs()).isEmpty();
    assertThat(job.submission().deadline()).isNull();
    assertThat(job.submission().content().options().metadata()).isEmpty();
    assertThat(job.id().version()).isEqualTo(7);
  }

  @Test
  void keepsWhatIsAskedFor() {
    NewJob job =
        validate(
            """
            {"priority":0, "max_attempts":10, "outputs":["scores"], "version":"1",
             "metadata":{"order":"A-17", "":"🙂"}, "model":"pixels", "inputs":{"image":[[1,2]]}}
            """);

    assertThat(job.submission().priority()).isZero();
    assertThat(job.submission().maxAttempts()).isEqualTo(10);
    assertThat(job.submission().content().options().outputs()).containsExactly("scores");
    assertThat(job.version().version()).isEqualTo(1);
    assertThat(job.submission().content().options().metadata())
        .containsExactly(Map.entry("", "🙂"), Map.entry("order", "A-17"));
  }

  /** Its answer would be one of many. */
  @Test
  void bypassesTheCache_whereTheModelAnswersDifferentlyEachTime() {
    String job = "{\"model\":\"%s\",\"cache\":\"use\",\"inputs\":{\"image\":[[1,2]]}}";

    assertThat(validate(job.formatted("pixels")).submission().content().options().cache())
        .isEqualTo(CachePolicy.USE);
    assertThat(validate(job.formatted("random")).submission().content().options().cache())
        .isEqualTo(CachePolicy.BYPASS);
  }

  /** Version 3 is registered, but no live worker has it. */
  @Test
  void takesTheHighestVersionThatIsServed_whenNoneIsNamed() {
    assertThat(
            validate("{\"model\":\"pixels\",\"inputs\":{\"image\":[[1,2]]}}").version().version())
        .isEqualTo(2);
  }

  @Test
  void takesAVersionThatNobodyServesNow_whenItIsNamed() {
    String body = "{\"model\":\"pixels\",\"version\":\"3\",\"inputs\":{\"image\":[[1,2]]}}";

    assertThat(validate(body).version().version()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "PT30S,                        2026-11-24T12:00:30Z",
    "P1DT1H,                       2026-11-25T13:00:00Z",
    "2026-11-24T12:00:00.001Z,     2026-11-24T12:00:00.001Z",
    "2026-11-24T14:00:00+01:00,    2026-11-24T13:00:00Z",
    "2027-11-24T11:59:59Z,         2027-11-24T11:59:59Z",
  })
  void countsTheDeadlineFromNow(String sent, Instant deadline) {
    NewJob job = validate(withMember("\"deadline\":\"" + sent + "\""));

    assertThat(job.submission().deadline()).isEqualTo(deadline);
  }

  @Test
  void takesMetadataOfFourKibibytes() {
    String value = "ä".repeat(2040);

    assertThat(
            validate(withMetadata("key-of-16-bytes!", value))
                .submission()
                .content()
                .options()
                .metadata())
        .hasSize(1);
    assertThat(Problems.lines(problemOf(withMetadata("key-of-17-bytes!!", value))))
        .containsExactly("#/metadata  has more than 4096 bytes");
  }

  /** However much is wrong, the answer is short. */
  @Test
  void tellsNoMoreThanTwentyThingsThatAreWrong() {
    String outputs = "[" + "\"x\",".repeat(1000) + "\"x\"]";

    ProblemException problem = problemOf(withMember("\"outputs\":" + outputs));

    assertThat(Problems.lines(problem))
        .hasSize(20)
        .last()
        .isEqualTo("#/outputs/19  the model has no output 'x'");
  }

  @Test
  void tellsLimitsOfNumbersInWordsForClients() {
    String body = "{\"model\":\"fp64\",\"inputs\":{\"x\":[" + "1".repeat(1001) + "]}}";

    assertThat(Problems.lines(problemOf(body)))
        .containsExactly(
            "#/inputs/x/0  Number value length (1001) exceeds the maximum allowed (1000)");
  }

  @Test
  void quotesNoMoreThanTheBeginningOfALongText() {
    ProblemException problem = problemOf("{\"model\":\"" + "m".repeat(900) + "\",\"inputs\":{}}");

    assertThat(Problems.lines(problem))
        .containsExactly("#/model  There is no model '" + "m".repeat(64) + "…'");
  }

  private NewJob validate(String body) {
    return validation.validate(
        JobRequestReader.read(
            body.getBytes(UTF_8), new MemoryBudget(Long.MAX_VALUE, Duration.ZERO).open()),
        TestCallers.vision());
  }

  private ProblemException problemOf(String body) {
    return catchThrowableOfType(ProblemException.class, () -> validate(body));
  }

  private static String withMetadata(String key, String value) {
    return withMember("\"metadata\":{\"%s\":\"%s\"}".formatted(key, value));
  }

  private static String withMember(String member) {
    return "{\"model\":\"pixels\",\"inputs\":{\"image\":[[1,2]]}," + member + "}";
  }

  private static String name(ProblemType type) {
    return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As {@code accepted.txt} writes a tensor: {@code image FP32[1, 2] 0000803f00000040}. */
  private static String written(Tensor tensor) {
    byte[] data = new byte[tensor.byteSize()];
    tensor.data().get(data);
    return (tensor + " " + HexFormat.of().formatHex(data)).strip();
  }
}
