package io.mlp.worker.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.worker.repository.ModelVersion;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSelectionTest {
  private static final List<ModelVersion> THERE =
      List.of(new ModelVersion("iris", 1), new ModelVersion("iris", 12), new ModelVersion("i", 1));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          *        | iris/1 iris/12 i/1
          iris     | iris/1 iris/12
          iris/1   | iris/1
          iris/*   | iris/1 iris/12
          i*/1     | iris/1 i/1
          i        | i/1
          .*       |
          digits   |
          iris/2   |
          i,iris/12| iris/12 i/1
          """)
  void takesWhatFitsAPattern(String patterns, String fitting) {
    ModelSelection selection = new ModelSelection(List.of(patterns.split(",", -1)));

    assertThat(THERE.stream().filter(selection::includes).map(ModelVersion::toString))
        .isEqualTo(fitting == null ? List.of() : List.of(fitting.split(" ", -1)));
  }

  @Test
  void tellsWhichPatternsFitNothing() {
    ModelSelection selection = new ModelSelection(List.of("iris", "digits", "iris/3", "*"));

    assertThat(selection.unmatched(THERE)).containsExactly("digits", "iris/3");
    assertThat(selection.unmatched(List.of())).containsExactly("iris", "digits", "iris/3");
  }
}
