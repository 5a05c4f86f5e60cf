package io.mlp.worker.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.model.Batching;
import io.mlp.model.Batching.Mode;
import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.OnnxModel;
import io.mlp.worker.inference.RunObserver;
import io.mlp.worker.inference.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No model that couples rows is batched, in whichever way it does; those that do not are. */
class RowTrialTest {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  /**
   * They couple rows only by values that nobody comes upon by chance: the limit of what running a
   * model can tell.
   */
  private static final Set<String> UNSEEN =
      Set.of("range_of_values.onnx", "remainder_of_a_value.onnx", "sequence_of_tokens.onnx");

  private static List<Path> coupled() throws IOException {
    return models("coupled");
  }

  private static List<Path> hidden() throws IOException {
    return models("hidden");
  }

  private static List<Path> independent() throws IOException {
    return models("independent");
  }

  private static List<Path> models(String folder) throws IOException {
    try (Stream<Path> files = Files.list(RESOURCES.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource
  void coupled(Path file) throws ModelRefused {
    Verdict verdict = verdict(file);

    assertThat(verdict.batching().mode()).isEqualTo(Mode.OFF);
  }

  @ParameterizedTest
  @MethodSource
  void hidden(Path file) throws ModelRefused {
    boolean seen = !UNSEEN.contains(String.valueOf(file.getFileName()));

    assertThat(verdict(file).batching().mode()).isEqualTo(seen ? Mode.OFF : Mode.TESTED);
  }

  /** Models of which operators reported wrong answers. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seq_cumsum | row 2 of 2 got another answer (output y) when the other rows held other values
          seq_lstm   | row 2 of 2 got another answer (output y) when the other rows held other values
          dynquant   | the operator DynamicQuantizeLinear has one scale for all rows
          detector   | the answer of the operator NonMaxSuppression depends on all rows
          """)
  void tellsWhy(String model, String reason) throws ModelRefused {
    assertThat(verdict(TestModels.reported(model)).batching()).isEqualTo(Batching.off(reason));
  }

  /** The same question may get another answer, which is none for another job. */
  @ParameterizedTest
  @ValueSource(strings = {"bernoulli", "dropout_training", "random_normal_like_seeded"})
  void randomModelsAreNotRepeatable(String model) throws ModelRefused {
    assertThat(verdict(RESOURCES.resolve("coupled/" + model + ".onnx")).repeatable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"digits, 1", "iris, 1", "iris, 2", "diabetes, 1"})
  void shippedModelsAreBatched(String name, int version) throws ModelRefused {
    Path file = TestModels.SHIPPED.resolve("%s/%d/model.onnx".formatted(name, version));
    assertThat(verdict(file)).isEqualTo(new Verdict(Batching.tested(64), true));
  }

  /** No run joins more rows than were tried. */
  @Test
  void takesFewerRows_whereTheBudgetAllowsForNoMore() throws ModelRefused {
    Path file = TestModels.SHIPPED.resolve("digits/1/model.onnx");
    long twentyRows = 20 * (64 * Float.BYTES + Long.BYTES + 10 * Float.BYTES);
    assertThat(verdict(file, new Budget(Duration.ofMinutes(1), twentyRows)).batching())
        .isEqualTo(Batching.tested(20));
    assertThat(verdict(file, new Budget(Duration.ofMinutes(1), twentyRows / 10)).batching().on())
        .isFalse();
    assertThat(verdict(file, new Budget(Duration.ZERO, twentyRows)).batching().on()).isFalse();
  }

  @ParameterizedTest
  @MethodSource
  void independent(Path file) throws ModelRefused {
    Verdict verdict = verdict(file);

    assertThat(verdict.batching().reason()).isEmpty();
    assertThat(verdict.batching().mode()).isEqualTo(Mode.TESTED);
  }

  private static Verdict verdict(Path file) throws ModelRefused {
    return verdict(file, Budget.DEFAULT);
  }

  private static Verdict verdict(Path file, Budget budget) throws ModelRefused {
    try (OnnxModel model = OnnxModel.load(file, 1)) {
      return RowTrial.of(model, 64, List.of(), budget, TrialRuns.of(model, RunObserver.NONE));
    }
  }
}
