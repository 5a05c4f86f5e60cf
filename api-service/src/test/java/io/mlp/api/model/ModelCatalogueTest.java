package io.mlp.api.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.model.ModelSignature;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorSpec;
import io.mlp.tensor.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelCatalogueTest {
  private static final ModelSignature SIGNATURE =
      new ModelSignature(
          List.of(new TensorSpec("image", TensorType.FP32, TensorShape.of(-1, 64))),
          List.of(new TensorSpec("label", TensorType.INT64, TensorShape.of(-1))));

  private final FakeRegistry registry = new FakeRegistry();

  @Test
  void knowsWhatWorkersRegistered() {
    registry.version("digits", 1, SIGNATURE).served("digits", 1, "worker-a");

    ModelCatalogue catalogue = registry.catalogue();

    assertThat(catalogue.version("digits", 1))
        .hasValueSatisfying(version -> {
          assertThat(version.signature()).isEqualTo(SIGNATURE);
          assertThat(version.workers()).containsExactly("worker-a");
          assertThat(version.ready()).isTrue();
          assertThat(catalogue.byId(version.id())).isEqualTo(version);
        });
  }

  @Test
  void isKnown_onceItHasBeenRead() {
    registry.away(true);
    ModelCatalogue catalogue = registry.catalogue();
    assertThat(catalogue.isKnown()).isFalse();

    registry.away(false);
    catalogue.refresh();
    assertThat(catalogue.isKnown()).isTrue();

    registry.away(true);
    catalogue.refresh();
    assertThat(catalogue.isKnown()).isTrue();
  }

  @Test
  void knowsNothingOfOtherModels() {
    ModelCatalogue catalogue = registry.version("digits", 1, SIGNATURE).catalogue();

    assertThat(catalogue.versions("iris")).isEmpty();
    assertThat(catalogue.defaultVersion("iris")).isEmpty();
    assertThat(catalogue.version("digits", 2)).isEmpty();
    assertThat(catalogue.byId(17)).isNull();
  }

  @Test
  void listsTheHighestVersionFirst() {
    registry
        .version("digits", 2, SIGNATURE)
        .version("digits", 10, SIGNATURE)
        .version("digits", 1, SIGNATURE);

    assertThat(registry.catalogue().versions("digits"))
        .extracting(CataloguedVersion::version)
        .containsExactly(10, 2, 1);
  }

  @Test
  void defaultsToTheHighestVersionThatIsServed() {
    registry
        .version("digits", 1, SIGNATURE)
        .version("digits", 2, SIGNATURE)
        .version("digits", 3, SIGNATURE)
        .served("digits", 1, "worker-a")
        .served("digits", 2, "worker-a");

    assertThat(registry.catalogue().defaultVersion("digits"))
        .map(CataloguedVersion::version)
        .contains(2);
  }

  /** While all workers restart, jobs are accepted as before. */
  @Test
  void defaultsToTheHighestVersion_whenNoneIsServed() {
    registry.version("digits", 1, SIGNATURE).version("digits", 2, SIGNATURE);

    assertThat(registry.catalogue().defaultVersion("digits"))
        .map(CataloguedVersion::version)
        .contains(2);
  }

  @Test
  void doesNotCountAWorkerThatServesOtherBytes() {
    registry.version("digits", 1, SIGNATURE).servedWithOtherBytes("digits", 1, "worker-b");

    assertThat(registry.catalogue().version("digits", 1))
        .hasValueSatisfying(version -> assertThat(version.ready()).isFalse());
  }

  @Test
  void tellsWhichWorkersHaveOtherBytes() {
    registry
        .version("digits", 1, SIGNATURE)
        .version("digits", 2, SIGNATURE)
        .served("digits", 1, "worker-a")
        .servedWithOtherBytes("digits", 1, "worker-b")
        .offered("digits", 1, "worker-c", "newer bytes")
        .served("digits", 2, "worker-a");

    ModelCatalogue catalogue = registry.catalogue();

    assertThat(catalogue.version("digits", 1))
        .hasValueSatisfying(version -> {
          assertThat(version.workers()).containsExactly("worker-a", "worker-c");
          assertThat(version.conflicts())
              .containsExactly(
                  new OtherBytes("worker-b", "other bytes"),
                  new OtherBytes("worker-c", "newer bytes"));
        });
  }

  @Test
  void takesNoJobsForWhatIsRetired_butKnowsIt() {
    registry
        .version("digits", 1, SIGNATURE)
        .version("digits", 2, SIGNATURE)
        .served("digits", 1, "worker-a")
        .retired("digits", 2);

    ModelCatalogue catalogue = registry.catalogue();

    assertThat(catalogue.versions("digits"))
        .extracting(CataloguedVersion::version)
        .containsExactly(1);
    assertThat(catalogue.version("digits", 2)).isEmpty();
    assertThat(catalogue.all()).hasSize(1);
    assertThat(catalogue.byId(2)).matches(version -> version != null && version.retired());
    assertThat(catalogue.everyVersion("digits"))
        .extracting(CataloguedVersion::version)
        .containsExactly(2, 1);
  }

  @Test
  void tellsWhyAFileDoesNotLoad_whileTheFormerIsServed() {
    registry.version("digits", 1, SIGNATURE).servedInSteadOf("digits", 1, "worker-a", "cut off");

    ModelCatalogue catalogue = registry.catalogue();

    assertThat(catalogue.version("digits", 1))
        .hasValueSatisfying(version -> assertThat(version.ready()).isTrue());
    assertThat(catalogue.refused("digits"))
        .containsExactly(new RefusedVersion("digits", 1, "worker-a", "cut off"));
  }

  @Test
  void tellsWhichVersionsCouldNotBeLoaded() {
    registry
        .version("digits", 1, SIGNATURE)
        .served("digits", 1, "worker-a")
        .refused("broken", 1, "worker-a", "no ONNX file");

    ModelCatalogue catalogue = registry.catalogue();

    assertThat(catalogue.names()).containsExactly("broken", "digits");
    assertThat(catalogue.refused("broken"))
        .containsExactly(new RefusedVersion("broken", 1, "worker-a", "no ONNX file"));
    assertThat(catalogue.refused("digits")).isEmpty();
    assertThat(catalogue.versions("broken")).isEmpty();
  }

  @Test
  void asksOnlyForWorkersThatWereSeenOfLate() {
    registry.catalogue();

    assertThat(registry.askedSeconds()).isEqualTo(15.0);
  }

  @Test
  void keepsTheLastReading_whileTheDatabaseIsAway() {
    ModelCatalogue catalogue = registry.version("digits", 1, SIGNATURE).catalogue();
    registry.away(true);

    catalogue.refresh();

    assertThat(catalogue.version("digits", 1)).isPresent();
  }

  @Test
  void seesWhatIsRegisteredLater() {
    ModelCatalogue catalogue = registry.catalogue();
    assertThat(catalogue.all()).isEmpty();
    registry.version("digits", 1, SIGNATURE);

    catalogue.refresh();

    assertThat(catalogue.all()).extracting(CataloguedVersion::model).containsExactly("digits");
  }
}
