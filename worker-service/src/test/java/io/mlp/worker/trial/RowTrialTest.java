package io.mlp.worker.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.model.Batching.Mode;
import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No model that couples rows is batched, in whichever way it does; those that do not are. */
class RowTrialTest {
  private static final Path RESOURCES = Path.of("src", "test", "resources");

  private static List<Path> coupled() throws IOException {
    return models("coupled");
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
    System.out.println(
        "C "
            + file.getFileName()
            + " "
            + verdict.batching().mode()
            + " "
            + verdict.batching().reason().orElse(""));

    assertThat(verdict.batching().mode()).isEqualTo(Mode.OFF);
  }

  @ParameterizedTest
  @MethodSource
  void independent(Path file) throws ModelRefused {
    Verdict verdict = verdict(file);
    System.out.println(
        "I "
            + file.getFileName()
            + " "
            + verdict.batching().mode()
            + " "
            + verdict.batching().reason().orElse(""));

    assertThat(verdict.batching().reason()).isEmpty();
    assertThat(verdict.batching().mode()).isEqualTo(Mode.TESTED);
  }

  private static Verdict verdict(Path file) throws ModelRefused {
    try (OnnxModel model = OnnxModel.load(file, 1)) {
      return RowTrial.of(
          model, 64, List.of(), Budget.DEFAULT, inputs -> model.run(inputs, Set.of()));
    }
  }
}
