package io.mlp.worker.repository;

import static io.mlp.worker.inference.TestTensors.fp32;
import static io.mlp.worker.inference.TestTensors.shape;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.OperatingSystemMXBean;
import io.mlp.job.Prediction;
import io.mlp.model.Batching;
import io.mlp.worker.inference.TestModels;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ModelRepositoryTest {
  @TempDir Path directory;

  /** What loading says: a word for each version that serves, the reason for each that does not. */
  private Map<String, String> load() {
    Map<String, String> results = new TreeMap<>();
    for (LoadResult result : Loading.all(directory)) {
      String key = result.name() + "/" + result.version();
      switch (result) {
        case FailedModel failed -> results.put(key, failed.reason());
        case LoadedModel loaded -> {
          results.put(key, "serves");
          loaded.close();
        }
      }
    }
    return results;
  }

  private Path add(String model, String version, String file) throws IOException {
    Path target = Files.createDirectories(directory.resolve(model).resolve(version));
    return Files.copy(TestModels.tiny(file + ".onnx"), target.resolve("model.onnx"));
  }

  private void describe(String model, String yaml) throws IOException {
    Files.writeString(directory.resolve(model).resolve("model.yaml"), yaml);
  }

  @Test
  void loadsEveryShippedModel() throws Exception {
    List<LoadResult> results = Loading.all(TestModels.SHIPPED);
    assertThat(results)
        .allMatch(LoadedModel.class::isInstance)
        .extracting(result -> result.name() + "/" + result.version())
        .containsExactly("diabetes/1", "digits/1", "iris/1", "iris/2");
    LoadedModel iris = (LoadedModel) results.getLast();
    assertThat(iris.batching().maxRows()).isEqualTo(64);
    assertThat(iris.description().exampleJson()).contains("{\"features\":[[5,2,3.5,1]]}");
    assertThat(iris.predictionOutputs()).containsExactlyInAnyOrder("label", "probabilities");
    var outputs = iris.onnx().run(List.of(fp32("features", shape(1, 4), 5, 2, 3.5f, 1)), Set.of());
    assertThat(iris.predictions(outputs).orElseThrow())
        .singleElement()
        .satisfies(first -> assertThat(first.label()).isEqualTo("versicolor"))
        .extracting(Prediction::score)
        .matches(score -> score != null && score > 0.5 && score <= 1);
    results.forEach(result -> ((LoadedModel) result).close());
  }

  @Test
  void ordersVersionsAsNumbers() throws IOException {
    for (String version : List.of("10", "9", "2")) {
      add("negate", version, "any_width");
    }
    assertThat(Loading.all(directory)).extracting(LoadResult::version).containsExactly(2, 9, 10);
  }

  @Test
  void passesOverWhatIsNoVersion() throws IOException {
    add("negate", "1", "any_width");
    for (String other : List.of("0", "01", "-1", "1.5", "draft", "9999999999", ".git")) {
      add("negate", other, "any_width");
    }
    add(".hidden", "1", "any_width");
    Files.writeString(directory.resolve("README.md"), "no model");
    Files.writeString(directory.resolve("negate/2"), "no directory");
    Files.createDirectory(directory.resolve("empty"));
    assertThat(load()).containsExactly(Map.entry("negate/1", "serves"));
  }

  @Test
  void loadsTheRest_whenAVersionDoesNotLoad() throws IOException {
    add("broken", "1", "opset_99");
    add("negate", "1", "any_width");
    Files.write(add("negate", "2", "any_width"), new byte[] {1, 2, 3});
    Files.delete(add("negate", "3", "any_width"));
    add("table", "1", "table");
    assertThat(load())
        .containsExactly(
            Map.entry(
                "broken/1",
                "broken/1/model.onnx: opset 99 of ai.onnx is too new (expected: <= 26)"),
            Map.entry("negate/1", "serves"),
            Map.entry(
                "negate/2",
                "negate/2/model.onnx: not an ONNX model, or cut off: it does not parse"),
            Map.entry("negate/3", "negate/3/model.onnx: does not exist"),
            Map.entry("table/1", "serves"));
  }

  @Test
  void failsEveryVersionOfAModel_whenItsDescriptionIsBroken() throws IOException {
    add("negate", "1", "any_width");
    add("negate", "2", "any_width");
    describe("negate", "lables: [a]");
    add("table", "1", "table");
    String reason =
        "negate/model.yaml: lables: unknown key (expected: [batching, cache, description,"
            + " example, labels, time_limit])";
    assertThat(load())
        .containsExactly(
            Map.entry("negate/1", reason),
            Map.entry("negate/2", reason),
            Map.entry("table/1", "serves"));
  }

  @Test
  void refusesNamesThatAreNoneOfAModel() throws IOException {
    String tooLong = "x".repeat(64);
    for (String name : List.of("Upper", "a b", "_x", tooLong)) {
      add(name, "1", "any_width");
    }
    add("a-b_c.9", "1", "any_width");
    add("x".repeat(63), "1", "any_width");
    String expected = ": no name for a model (expected: [a-z0-9][a-z0-9_.-]{0,62})";
    assertThat(load())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "Upper/1",
                "Upper" + expected,
                "a b/1",
                "a b" + expected,
                "_x/1",
                "_x" + expected,
                tooLong + "/1",
                tooLong + expected,
                "a-b_c.9/1",
                "serves",
                "x".repeat(63) + "/1",
                "serves"));
  }

  @Test
  void refusesLinksThatLeadOutside(@TempDir Path outside) throws IOException {
    Path model = Files.createDirectories(outside.resolve("model/1"));
    Files.copy(TestModels.tiny("any_width.onnx"), model.resolve("model.onnx"));
    Files.writeString(outside.resolve("model.yaml"), "description: stolen");

    Files.createSymbolicLink(directory.resolve("all"), outside.resolve("model"));
    Files.createDirectory(directory.resolve("version"));
    Files.createSymbolicLink(directory.resolve("version/1"), model);
    Files.createDirectories(directory.resolve("file/1"));
    Files.createSymbolicLink(directory.resolve("file/1/model.onnx"), model.resolve("model.onnx"));
    add("yaml", "1", "any_width");
    Files.createSymbolicLink(directory.resolve("yaml/model.yaml"), outside.resolve("model.yaml"));
    add("inside", "1", "any_width");
    Files.createSymbolicLink(directory.resolve("alias"), directory.resolve("inside"));

    String reason = ": a symbolic link leads outside the models directory";
    assertThat(load())
        .containsExactly(
            Map.entry("alias/1", "serves"),
            Map.entry("all/1", "all" + reason),
            Map.entry("file/1", "file/1/model.onnx" + reason),
            Map.entry("inside/1", "serves"),
            Map.entry("version/1", "version/1/model.onnx" + reason),
            Map.entry("yaml/1", "yaml/model.yaml" + reason));
  }

  @Test
  void followsLinkThatTheDirectoryItselfIs() throws IOException {
    add("real/negate", "1", "any_width");
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("real"));
    assertThat(Loading.all(link)).hasOnlyElementsOfType(LoadedModel.class);
  }

  @Test
  void warmsWithTheExample_whichMustSucceed() throws IOException {
    add("from_ten", "1", "table_from_ten");
    describe("from_ten", "example: {x: [12]}");
    assertThat(load()).containsExactly(Map.entry("from_ten/1", "serves"));
    describe("from_ten", "example: {x: [1]}");
    assertThat(load().get("from_ten/1"))
        .startsWith("from_ten/model.yaml: example: the first run failed: Gather: ");
  }

  /** More than one row, an even height, a table without a zeroth row, 2 GB of zeros. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reflects       | zeros do not suit it: Pad:
          even_only      | zeros do not suit it: Concat:
          table_from_ten | zeros do not suit it: Gather:
          input_of_2_gb  | its inputs take 1907 MB;
          """)
  void servesAModelThatZerosDoNotSuit_withOneWarning(
      String model, String why, CapturedOutput output) throws IOException {
    add("m", "1", model);

    assertThat(load()).containsExactly(Map.entry("m/1", "serves"));

    assertThat(output.getOut().lines().filter(line -> line.contains(" WARN ")))
        .singleElement(as(STRING))
        .contains("m/1 is served without a first run because " + why)
        .endsWith("; an example in model.yaml warms it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"endless_at_zero", "endless"})
  void refusesAModelWhoseFirstRunDoesNotEnd(String model) throws IOException {
    add("m", "1", model);
    describe("m", "time_limit: 200ms");
    assertThat(load().get("m/1"))
        .isEqualTo(
            "m/1/model.onnx: the first run failed: The run took longer than its limit of 0.2 s; an"
                + " example in model.yaml may do better than zeros");
    describe("m", "time_limit: 200ms\nexample: {x: [0]}");
    assertThat(load().get("m/1"))
        .isEqualTo(
            "m/model.yaml: example: the first run failed: The run took longer than its limit of 0.2"
                + " s");
  }

  @Test
  void refusesNamesThatCannotBeStored() throws IOException {
    add("nul", "1", "nul_in_name");
    add("long", "1", "name_longer_than_64k");
    assertThat(load())
        .containsExactly(
            Map.entry(
                "long/1",
                "long/1/model.onnx: the name of an output has 70000 characters (expected: at most"
                    + " 1024): "
                    + "y".repeat(40)
                    + "…"),
            Map.entry(
                "nul/1",
                "nul/1/model.onnx: the name of an output holds U+0000 or half a surrogate pair"));
  }

  /** A locale may not know the letters of a name, and then none does. */
  @Test
  void passesOverAFolderWhoseNameIsNoText_withOneWarning(CapturedOutput output) throws Exception {
    add("negate", "1", "any_width");
    bash("mkdir -p \"$1\"/$'bad\\xff'/1");
    try {
      ModelRepository repository = new ModelRepository(directory, 1, TestModels.TRIALS);
      for (int i = 0; i < 3; i++) {
        assertThat(repository.look().versions()).containsOnlyKeys(new ModelVersion("negate", 1));
      }
      assertThat(output.getOut().lines().filter(line -> line.contains(" WARN ")))
          .singleElement(as(STRING))
          .endsWith(": the name cannot be read in this locale, so it is passed over");
    } finally {
      bash("rm -r \"$1\"/$'bad\\xff'");
    }
  }

  private void bash(String command) throws Exception {
    Process bash = new ProcessBuilder("bash", "-c", command, "bash", directory.toString()).start();
    assertThat(bash.waitFor()).isZero();
  }

  @Test
  void tellsThatADescriptionOfAnotherNameIsNotRead_unlessThereIsTheRightOne() throws IOException {
    add("negate", "1", "any_width");
    Path other = Files.writeString(directory.resolve("negate/model.yml"), "description: Negates.");
    assertThat(load())
        .containsExactly(
            Map.entry("negate/1", "negate/model.yml: is not read (expected: the name model.yaml)"));

    Files.copy(other, directory.resolve("negate/model.yaml"));

    assertThat(load()).containsExactly(Map.entry("negate/1", "serves"));
  }

  @Test
  void refusesAFileThatTheMemoryCannotHoldTwice() throws IOException {
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    Path file = add("huge", "1", "any_width");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(memory / 2 + 1);
    }
    assertThat(load().get("huge/1"))
        .isEqualTo(
            "huge/1/model.onnx: a file of %d MB takes twice its size to load, and this worker may have %d MB"
                .formatted((memory / 2 + 1) >> 20, memory >> 20));
  }

  @Test
  void namesNoAbsolutePath_whenAFileCannotBeRead() throws IOException {
    Path file = add("negate", "1", "any_width");
    Files.setPosixFilePermissions(file, Set.of());
    assumeFalse(Files.isReadable(file), "root may read everything");
    assertThat(load().get("negate/1"))
        .matches(
            "negate/1/model\\.onnx: the file cannot be read: permission denied \\(expected: readable"
                + " by the worker's user, uid \\d+\\)");
  }

  @Test
  void refusesExampleThatDoesNotFitTheModel() throws IOException {
    add("negate", "1", "one_row_only");
    describe("negate", "example: {x: [[1, 2]]}");
    assertThat(load().get("negate/1"))
        .isEqualTo(
            "negate/model.yaml: example: the first run failed: input x: shape [1, 2] (expected:"
                + " [1, 3])");
    describe("negate", "example: {z: [[1, 2, 3]]}");
    assertThat(load().get("negate/1"))
        .isEqualTo("negate/model.yaml: example.z: the model has no input of that name");
    describe("negate", "labels: [a, b]");
    assertThat(load().get("negate/1"))
        .startsWith("negate/model.yaml: labels: no output picks one of them");
  }

  @Test
  void loadsModelThatDoublesItsRows_andDoesNotBatchIt() throws IOException {
    add("doubles", "1", "doubles_the_batch");
    assertThat(batching("doubles"))
        .isEqualTo(
            Batching.off(
                "the file calls the first dimensions of inputs and outputs [rows, twice_the_rows]"));
  }

  @Test
  void warnsOfModelThatDoublesItsRows_ifTheOperatorDeclaresThatItMayBeBatched(CapturedOutput output)
      throws IOException {
    add("doubles", "1", "doubles_the_batch");
    describe("doubles", "batching: true");
    assertThat(load()).containsExactly(Map.entry("doubles/1", "serves"));
    assertThat(output).contains("zeros do not suit it: output y has the shape [2, 2]");
  }

  @Test
  void takesTheOperatorsWordForBatching() throws IOException {
    add("negate", "1", "any_width");
    describe("negate", "batching: false");
    assertThat(batching("negate")).isEqualTo(Batching.off("model.yaml says so"));
    describe("negate", "batching: {enabled: true, max_batch_size: 8}");
    assertThat(batching("negate")).isEqualTo(Batching.declared(8));
  }

  @Test
  void refusesTheOperatorsWordForBatching_whereTheFileRulesItOut() throws IOException {
    add("single", "1", "one_row_only");
    describe("single", "batching: true");
    assertThat(load().get("single/1"))
        .startsWith("single/model.yaml: batching: true, but the first dimension of input x");
  }

  private Batching batching(String name) {
    return Loading.all(directory).stream()
        .map(LoadedModel.class::cast)
        .filter(model -> model.name().equals(name))
        .map(LoadedModel::batching)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void batchesAsDescribed_ifTheModelCan() throws IOException {
    add("negate", "1", "any_width");
    describe("negate", "batching: {max_batch_size: 8}");
    add("single", "1", "one_row_only");
    describe("single", "batching: {max_batch_size: 8}");
    Map<String, Integer> rows =
        Loading.all(directory).stream()
            .map(LoadedModel.class::cast)
            .collect(toMap(LoadedModel::name, model -> model.batching().maxRows()));
    assertThat(rows).isEqualTo(Map.of("negate", 8, "single", 1));
  }

  @Test
  void namesDirectoryAndSetting_whenThereIsNoRepository() throws IOException {
    Path missing = directory.resolve("missing");
    assertThatIllegalStateException()
        .isThrownBy(() -> Loading.all(missing))
        .withMessage(
            "The models directory %s (worker.models.directory, MODELS_DIRECTORY) cannot be read: it does not exist.",
            missing.toAbsolutePath());
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThatIllegalStateException()
        .isThrownBy(() -> Loading.all(file))
        .withMessageContaining("%s (worker.models.directory", file.toAbsolutePath())
        .withMessageEndingWith("it is no directory.");
  }

  /** Whatever lies about: each gives its reason, and the good one beside them serves. */
  @Test
  void tellsWhatIsWrongWithEachBadFile() throws Exception {
    add("good", "1", "any_width");
    byte[] whole = Files.readAllBytes(TestModels.SHIPPED.resolve("digits/1/model.onnx"));
    write("cut_off", Arrays.copyOf(whole, whole.length / 2));
    write("empty", new byte[0]);
    write("text", "version https://git-lfs.github.com/spec/v1".getBytes(UTF_8));
    write("zeros", new byte[100_000]);
    add("opset", "1", "opset_99");
    add("weights", "1", "external");
    Files.createDirectories(directory.resolve("folder/1/model.onnx"));
    pipe(Files.createDirectories(directory.resolve("pipe/1")).resolve("model.onnx"));
    add("described", "1", "any_width");
    pipe(directory.resolve("described/model.yaml"));
    Files.createDirectories(directory.resolve("endless/1"));
    Files.createSymbolicLink(directory.resolve("endless/1/model.onnx"), Path.of("/dev/zero"));
    Files.createDirectories(directory.resolve("loop/1"));
    Path loop = directory.resolve("loop/1/model.onnx");
    Files.createSymbolicLink(loop, loop);

    Map<String, String> results = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> load());

    String unparsable = "not an ONNX model, or cut off: it does not parse";
    assertThat(results).containsEntry("good/1", "serves");
    assertReason(results, "cut_off", unparsable);
    assertReason(results, "empty", "the file is empty");
    assertReason(results, "text", unparsable);
    assertReason(results, "zeros", unparsable);
    assertReason(results, "opset", "opset 99 of ai.onnx is too new (expected: <= 26)");
    assertReason(
        results,
        "weights",
        "the file external.data, which holds weights of the model, is missing beside it");
    assertReason(results, "folder", "the file is a directory");
    assertReason(results, "pipe", "the file is no regular file");
    assertThat(results).containsEntry("described/1", "described/model.yaml: no regular file");
    assertReason(results, "endless", "a symbolic link leads outside the models directory");
    assertThat(results)
        .containsEntry(
            "loop/1",
            "loop/1/model.onnx: cannot be read: Too many levels of symbolic links or unable to"
                + " access attributes of symbolic link");
    assertThat(results.values()).noneMatch(reason -> reason.contains(directory.toString()));
  }

  private static void assertReason(Map<String, String> results, String model, String reason) {
    assertThat(results).containsEntry(model + "/1", model + "/1/model.onnx: " + reason);
  }

  private void write(String model, byte[] bytes) throws IOException {
    Path version = Files.createDirectories(directory.resolve(model).resolve("1"));
    Files.write(version.resolve("model.onnx"), bytes);
  }

  private static void pipe(Path path) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
  }

  @Test
  void findsNothing_whenTheDirectoryIsEmpty() {
    assertThat(load()).isEmpty();
  }
}
