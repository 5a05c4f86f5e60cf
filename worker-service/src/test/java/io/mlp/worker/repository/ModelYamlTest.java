package io.mlp.worker.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelYamlTest {
  @TempDir Path directory;

  private ModelDescription read(String yaml) throws IOException, ModelRefused {
    return ModelYaml.read(Files.writeString(directory.resolve("model.yaml"), yaml));
  }

  private String reasonAgainst(String yaml) throws IOException {
    try {
      throw new AssertionError("read " + read(yaml));
    } catch (ModelRefused e) {
      return e.reason();
    }
  }

  @Test
  void readsEveryKey() throws Exception {
    assertThat(
            read(
                """
                description: Tells cats from dogs.
                labels: [cat, "1"]
                example:
                  image: [[0, -1.5, 1e-3]]
                  mask: [[true, false]]
                  id: ["a\\"b"]
                  seed: 18446744073709551615
                batching:
                  max_batch_size: 8
                time_limit: 90s
                cache:
                  ttl: 10m
                """))
        .isEqualTo(
            new ModelDescription(
                Optional.of("Tells cats from dogs."),
                List.of("cat", "1"),
                Optional.of(
                    "{\"image\":[[0,-1.5,0.001]],\"mask\":[[true,false]],\"id\":[\"a\\\"b\"],"
                        + "\"seed\":18446744073709551615}"),
                Optional.empty(),
                8,
                Optional.of(Duration.ofSeconds(90)),
                Optional.of(Duration.ofMinutes(10))));
  }

  @Test
  void needsNoKey() throws Exception {
    ModelDescription nothing =
        new ModelDescription(
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            64,
            Optional.empty(),
            Optional.empty());
    assertThat(read("")).isEqualTo(nothing);
    assertThat(read("# nothing to say\n")).isEqualTo(nothing);
    assertThat(read("batching: {}")).isEqualTo(nothing);
    assertThat(read("cache: {}")).isEqualTo(nothing);
  }

  @ParameterizedTest
  @CsvSource({
    "batching: true,                              true,  64",
    "batching: false,                             false, 64",
    "'batching: {enabled: true, max_batch_size: 8}', true, 8",
    "'batching: {enabled: false}',                false, 64"
  })
  void readsWhetherRowsMayShareRun(String text, boolean batched, int maxBatchSize)
      throws Exception {
    assertThat(read(text).batched()).contains(batched);
    assertThat(read(text).maxBatchSize()).isEqualTo(maxBatchSize);
  }

  @ParameterizedTest
  @CsvSource({"250ms, PT0.25S", "30s, PT30S", "5m, PT5M", "999999h, PT999999H"})
  void readsDurations(String text, Duration duration) throws Exception {
    assertThat(read("time_limit: " + text).timeLimit()).contains(duration);
  }

  @Test
  void takesTheLongestTimeThatTheCatalogueCounts() throws Exception {
    Duration longest = read("cache: {ttl: 596523h}").cacheTtl().orElseThrow();
    assertThat(Math.toIntExact(longest.toSeconds())).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "0s", "-1s", "1.5s", "30 s", "1000000s", "\"\"", "1d"})
  void refusesWhatIsNoDuration(String text) throws IOException {
    assertThat(reasonAgainst("time_limit: " + text))
        .startsWith("time_limit: ")
        .endsWith("(expected: a duration such as 250ms, 30s, 5m or 1h)");
  }

  @Test
  void readsShippedFiles() throws Exception {
    ModelDescription iris = ModelYaml.read(TestModels.SHIPPED.resolve("iris/model.yaml"));
    assertThat(iris.labels()).containsExactly("setosa", "versicolor", "virginica");
    assertThat(iris.exampleJson()).contains("{\"features\":[[5,2,3.5,1]]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          lables: [a]                       | lables: unknown key (expected: [batching, cache, description, example, labels, time_limit])
          1: one                            | 1: unknown key (expected: [batching, cache, description, example, labels, time_limit])
          cache: 10m                        | cache: "10m" (expected: a map)
          cache: {time: 10m}                | cache.time: unknown key (expected: [ttl])
          cache: {ttl: 10}                  | cache.ttl: 10 (expected: a duration such as 250ms, 30s, 5m or 1h)
          cache: {ttl: 999ms}               | cache.ttl: "999ms" (expected: 1s to 596523h)
          cache: {ttl: 999999h}             | cache.ttl: "999999h" (expected: 1s to 596523h)
          cache: {ttl: 596524h}             | cache.ttl: "596524h" (expected: 1s to 596523h)
          batching: {max_size: 3}           | batching.max_size: unknown key (expected: [enabled, max_batch_size])
          [1, 2]                            | the file: a list (expected: a map)
          description:                      | description: nothing (expected: a text, in quotes if it looks like anything else)
          labels: cat                       | labels: "cat" (expected: a list of texts)
          labels: []                        | labels: an empty list (expected: a list of texts)
          labels: [a, yes]                  | labels[1]: true (expected: a text, in quotes if it looks like anything else)
          labels: [0]                       | labels[0]: 0 (expected: a text, in quotes if it looks like anything else)
          labels: [[a]]                     | labels[0]: a list (expected: a text, in quotes if it looks like anything else)
          batching: 8                       | batching: 8 (expected: true, false or a map)
          batching: {enabled: maybe}        | batching.enabled: "maybe" (expected: true or false)
          batching: {max_batch_size: 0}     | batching.max_batch_size: 0 (expected: a whole number >= 1)
          batching: {max_batch_size: 1.5}   | batching.max_batch_size: 1.5 (expected: a whole number >= 1)
          batching: {max_batch_size: 3000000000} | batching.max_batch_size: 3000000000 (expected: a whole number >= 1)
          batching: {max_batch_size: {}}    | batching.max_batch_size: a map (expected: a whole number >= 1)
          example: [1]                      | example: a list (expected: a map)
          example: {1: [2]}                 | example: the name 1 is no text
          example: {x: [1, .nan]}           | example.x[1]: NaN (expected: a list, a finite number, a text, true or false)
          example: {x: [[1, ~]]}            | example.x[0][1]: null (expected: a list, a finite number, a text, true or false)
          """)
  void namesKeyThatIsWrong(String yaml, String reason) throws IOException {
    assertThat(reasonAgainst(yaml)).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          labels: [a                        | line 1: expected ',' or ']', but got <stream end>
          `description: a\\ndescription: b` | line 2: found duplicate key description
          labels: !!java.io.File [a]        | line 1: Global tag is not allowed: tag:yaml.org,2002:java.io.File
          `a: 1\\n--- b`                   | line 2: but found another document
          """)
  void namesLineThatIsNoYaml(String yaml, String reason) throws IOException {
    assertThat(reasonAgainst(yaml.replace("\\n", "\n"))).isEqualTo(reason);
  }

  @Test
  void refusesYamlThatGrowsOrNeverEnds() throws IOException {
    assertThat(reasonAgainst("example: {x: &a [1], y: *a}")).contains("aliases");
    assertThat(reasonAgainst("example: &a {x: *a}")).contains("aliases");
    assertThat(reasonAgainst("example: " + "[".repeat(100))).contains("epth");
    assertThat(reasonAgainst("#".repeat(5 << 20))).isEqualTo("larger than 4194304 bytes");
  }

  @Test
  void refusesMoreElementsThanTheHeapCanHold() throws Exception {
    long most = Runtime.getRuntime().maxMemory() / 3 / 350;
    int many = (int) Math.min(most + 1, 2_000_000);
    assumeTrue(many > most, "the heap holds as many as the file may have");
    assertThat(reasonAgainst("example: {x: [" + "0,".repeat(many) + "0]}"))
        .endsWith("(expected: at most %d, for the heap of this worker)".formatted(most));
  }

  @Test
  void refusesTextsThatCannotBeStored() throws IOException {
    String reason = " holds U+0000 or half a surrogate pair";
    assertThat(reasonAgainst("description: \"a\\0\"")).isEqualTo("description" + reason);
    assertThat(reasonAgainst("labels: [a, \"\\ud800\"]")).isEqualTo("labels[1]" + reason);
    assertThat(reasonAgainst("example: {x: [\"\\0\"]}")).isEqualTo("example.x[0]" + reason);
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = Files.write(directory.resolve("model.yaml"), new byte[] {(byte) 0xff, 0});
    try {
      throw new AssertionError("read " + ModelYaml.read(file));
    } catch (ModelRefused e) {
      assertThat(e.reason()).isEqualTo("not UTF-8");
    }
  }
}
