package io.mlp.worker.inference;

import static io.mlp.worker.inference.TestTensors.fp32;
import static io.mlp.worker.inference.TestTensors.shape;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.mlp.tensor.TensorSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OnnxModelLoadTest {
  @TempDir Path directory;

  private static String reasonAgainst(Path file) {
    try (OnnxModel model = OnnxModel.load(file, 1)) {
      throw new AssertionError("loaded " + model.signature());
    } catch (ModelRefused e) {
      return e.reason();
    }
  }

  private String reasonAgainst(byte[] bytes) throws IOException {
    return reasonAgainst(Files.write(directory.resolve("model.onnx"), bytes));
  }

  @Test
  void digestIsThatOfTheFile() throws Exception {
    JsonNode figures =
        JsonMapper.shared().readTree(TestModels.DATASET.resolve("figures.json").toFile());
    try (OnnxModel model = TestModels.load("iris", 2)) {
      assertThat(model.digest())
          .isEqualTo(figures.at("/models/iris/2/sha256").asString())
          .hasSize(64);
    }
  }

  /** What {@code sha256sum external.onnx external.data | sha256sum} prints. */
  @Test
  void digestCoversWeightsInOtherFiles() throws Exception {
    Path file = copyOfExternal();
    assertThat(digest(file))
        .isEqualTo("b0dc315d4d69bddf00155e4df15b5f26e086a35bfbdfb555f70cd10da4438c78")
        .isEqualTo(digest(TestModels.tiny("external.onnx")));

    byte[] weights = Files.readAllBytes(directory.resolve("external.data"));
    weights[0]++;
    Files.write(directory.resolve("external.data"), weights);

    assertThat(digest(file)).isNotEqualTo(digest(TestModels.tiny("external.onnx")));
  }

  private Path copyOfExternal() throws IOException {
    Files.copy(TestModels.tiny("external.data"), directory.resolve("external.data"));
    return Files.copy(TestModels.tiny("external.onnx"), directory.resolve("external.onnx"));
  }

  private static String digest(Path file) throws ModelRefused {
    try (OnnxModel model = OnnxModel.load(file, 1)) {
      return model.digest();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no_such_file     | the file does not exist
          input_of_BF16    | input x has the element type BFLOAT16, which the Open Inference Protocol has not
          sequence_output  | output y is a sequence (expected: a tensor; a classifier of scikit-learn gives tensors when it is converted with the option zipmap=False)
          opset_99         | opset 99 of ai.onnx is too new (expected: <= 26)
          ir_99            | Unsupported model IR version: 99, max supported IR version: 13
          """)
  void tellsWhyItRefuses(String model, String reason) {
    assertThat(reasonAgainst(TestModels.tiny(model + ".onnx"))).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cast_int4          | input input has the element type INT4, which the Open Inference Protocol has not
          identity_opt       | input opt_in is an optional (expected: a tensor)
          emoji_name         | input emoji😀 has the character U+1F600 in its name, which ONNX Runtime's Java API cannot pass
          """)
  void namesWhatJavaCannotPass(String model, String reason) {
    assertThat(reasonAgainst(TestModels.reported(model))).isEqualTo(reason);
  }

  /** The sequence of maps that the converter adds keeps nobody from the label. */
  @Test
  void servesTensorsOfModelThatGivesMapsToo() throws Exception {
    try (OnnxModel model = OnnxModel.load(TestModels.reported("sk_default"), 1)) {
      assertThat(model.signature().outputs())
          .extracting(TensorSpec::name)
          .containsExactly("output_label");
      assertThat(model.run(List.of(fp32("X", shape(1, 4), 5, 3, 1, 0)), Set.of())).hasSize(1);
    }
  }

  @Test
  void namesOperatorThatIsUnknown() {
    assertThat(reasonAgainst(TestModels.tiny("unknown_operator.onnx")))
        .contains("Frobnicate")
        .doesNotContain("Error code");
  }

  @Test
  void refusesFilesThatAreNoModel() throws IOException {
    String unparsable = "not an ONNX model, or cut off: it does not parse";
    byte[] whole = Files.readAllBytes(TestModels.shipped("digits", 1));
    assertThat(reasonAgainst(new byte[0])).isEqualTo("the file is empty");
    assertThat(reasonAgainst("version https://git-lfs".getBytes(US_ASCII))).isEqualTo(unparsable);
    assertThat(reasonAgainst(Arrays.copyOf(whole, whole.length - 1))).isEqualTo(unparsable);
    assertThat(reasonAgainst(Arrays.copyOf(whole, 1000))).isEqualTo(unparsable);
    assertThat(reasonAgainst(directory)).isEqualTo("the file is a directory");
  }

  /** Two gigabytes that take no room on the disk would take it in memory. */
  @Test
  void refusesHugeFilesWithoutReadingThem() throws Exception {
    Path zeros = directory.resolve("zeros.onnx");
    resize(zeros, Integer.MAX_VALUE);
    Path cutOff = Files.copy(TestModels.shipped("digits", 1), directory.resolve("cut.onnx"));
    resize(cutOff, Integer.MAX_VALUE);

    long before = residentKilobytes();

    for (Path file : List.of(zeros, cutOff)) {
      assertThat(reasonAgainst(file)).isEqualTo("not an ONNX model, or cut off: it does not parse");
    }
    assertThat(residentKilobytes() - before).isLessThan(100_000);
  }

  private static void resize(Path file, long size) throws IOException {
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(size);
    }
  }

  /** The most memory that this process ever had. */
  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  /** To open a pipe is to wait for its writer, for ever if there is none. */
  @Test
  void refusesPipes() throws Exception {
    Path pipe = pipe("model.onnx");
    assertThat(assertTimeoutPreemptively(Duration.ofSeconds(10), () -> reasonAgainst(pipe)))
        .isEqualTo("the file is no regular file");

    Path model = Files.copy(TestModels.tiny("external.onnx"), directory.resolve("external.onnx"));
    pipe("external.data");
    assertThat(assertTimeoutPreemptively(Duration.ofSeconds(10), () -> reasonAgainst(model)))
        .isEqualTo("the file external.data, which holds weights of the model, is no regular file");
  }

  private Path pipe(String name) throws IOException, InterruptedException {
    Path pipe = directory.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  /** Whatever a broken file holds, it is refused with a reason or serves: it never throws more. */
  @Test
  void survivesDamagedFiles() throws IOException {
    byte[] whole = Files.readAllBytes(TestModels.tiny("identity_of_each_type.onnx"));
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] = (byte) random.nextInt();
      Path file = Files.write(directory.resolve("damaged.onnx"), damaged);
      try (OnnxModel model = OnnxModel.load(file, 1)) {
        assertThat(model.signature().inputs()).hasSizeLessThanOrEqualTo(13);
      } catch (ModelRefused e) {
        assertThat(e.reason()).isNotBlank();
      }
    }
  }

  @Test
  void readsWeightsFromFileBesideTheModel() throws Exception {
    try (OnnxModel model = TestModels.load("external")) {
      assertThat(model.run(List.of(fp32("x", shape(1, 4), 0, 0, 0, 0)), Set.of()))
          .containsExactly(fp32("y", shape(1, 4), 1, 2, 3, 4));
    }
  }

  @Test
  void refusesModelWhoseWeightsAreMissing() throws IOException {
    assertThat(reasonAgainst(Files.readAllBytes(TestModels.tiny("external.onnx"))))
        .isEqualTo(
            "the file external.data, which holds weights of the model, is missing beside it");
  }

  @Test
  void refusesModelWhoseWeightsLieElsewhere() throws IOException {
    Files.copy(TestModels.tiny("external.data"), directory.resolve("external.data"));
    Path version = Files.createDirectory(directory.resolve("1"));
    Path outside = version.resolve("outside.onnx");
    Files.copy(TestModels.tiny("external_outside.onnx"), outside);
    assertThat(reasonAgainst(outside))
        .isEqualTo(
            "the file ../external.data, which holds weights of the model, lies outside its folder");

    Path linked = version.resolve("linked.onnx");
    Files.copy(TestModels.tiny("external.onnx"), linked);
    Files.createSymbolicLink(version.resolve("external.data"), directory.resolve("external.data"));
    assertThat(reasonAgainst(linked))
        .isEqualTo(
            "the file external.data, which holds weights of the model, lies outside its folder");
  }
}
