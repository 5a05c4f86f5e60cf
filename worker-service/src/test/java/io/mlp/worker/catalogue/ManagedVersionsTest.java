package io.mlp.worker.catalogue;

import static io.mlp.worker.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.worker.MutableClock;
import io.mlp.worker.Settings;
import io.mlp.worker.inference.TestModels;
import io.mlp.worker.repository.LoadLimit;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ManagedVersionsTest {
  /** Short enough to wait for, where a run does not end. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  /** Long enough for a machine that does other things. */
  private Duration runLimit = Duration.ofMinutes(1);

  private final MutableClock clock = new MutableClock();
  private @TempDir Path outside;
  private Path directory = Path.of("");
  private final FakeLoadNotes notes = new FakeLoadNotes();
  private ModelLoads loads = loads(new ModelRepository(directory, 1, TestModels.TRIALS));
  private ManagedVersions managedVersions = managedVersions(Map.of());

  @BeforeEach
  void makeRepository() throws IOException {
    directory = Files.createDirectory(outside.resolve("models"));
    managedVersions = managedVersions(Map.of());
  }

  @AfterEach
  void close() {
    loads.close();
    managedVersions.close();
  }

  private ModelLoads loads(ModelRepository repository) {
    return new ModelLoads(repository::load, notes, () -> new LoadLimit(runLimit), () -> {});
  }

  private ManagedVersions managedVersions(Map<String, ?> settings) {
    ModelRepository repository = new ModelRepository(directory, 1, TestModels.TRIALS);
    loads = loads(repository);
    return new ManagedVersions(
        repository, loads, Settings.of(ModelSettings.class, settings), clock);
  }

  /** Written just now, as far as the files tell. */
  private Path put(String version, String model) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(version));
    Path file = folder.resolve("model.onnx");
    Files.copy(TestModels.tiny(model + ".onnx"), file, StandardCopyOption.REPLACE_EXISTING);
    for (Path written : List.of(file, folder)) {
      Files.setLastModifiedTime(written, FileTime.from(clock.instant()));
    }
    return file;
  }

  /** Looks, waits for what is loaded then, and tells whether there is anything new. */
  private boolean look() {
    clock.advance(Duration.ofSeconds(5));
    managedVersions.look();
    eventually()
        .until(() -> {
          loads.advance();
          managedVersions.takeLoaded();
          return !loads.busy();
        });
    boolean news = !managedVersions.changed().isEmpty() || !managedVersions.removed().isEmpty();
    managedVersions.changed().clear();
    return news;
  }

  /** Each version with what is loaded of it, or why not. */
  private List<String> versions() {
    return managedVersions.versions().stream()
        .map(managed ->
            managed.version()
                + " "
                + managed.reason().or(() -> managed.newest().map(_ -> "loaded")).orElse("awaited"))
        .toList();
  }

  private LoadedModel newest(String version) {
    return managedVersions.versions().stream()
        .filter(managed -> managed.version().toString().equals(version))
        .flatMap(managed -> managed.newest().stream())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void loadsAtTheFirstLook_whatHasNotChangedOfLate() throws IOException {
    put("negate/1", "any_width");
    clock.advance(Duration.ofMinutes(1));

    assertThat(look()).isTrue();

    assertThat(versions()).containsExactly("negate/1 loaded");
    assertThat(look()).as("nothing new").isFalse();
  }

  /** An operator who counts on batches has to be told, and nobody else. */
  @Test
  void warnsOfAModelThatLooksAsIfItWereBatched(CapturedOutput output) throws IOException {
    put("doubles/1", "doubles_the_batch");
    put("negate/1", "any_width");
    put("single/1", "one_row_only");
    clock.advance(Duration.ofMinutes(1));

    look();

    assertThat(output)
        .containsOnlyOnce("is not batched")
        .contains("doubles/1 is not batched, though its first dimensions are open: the file calls");
  }

  @Test
  void loadsAtTheSecondLook_whatMayStillBeWritten() throws IOException {
    look();
    put("negate/1", "any_width");

    assertThat(look()).isFalse();
    assertThat(versions()).containsExactly("negate/1 awaited");
    assertThat(look()).isTrue();
    assertThat(versions()).containsExactly("negate/1 loaded");
  }

  @Test
  void doesNotLoadWhileAFileOfTheVersionChanges_andSaysSoInTheEnd() throws IOException {
    put("negate/1", "any_width");
    Path weights = directory.resolve("negate/1/weights.bin");
    for (int looks = 1; looks <= 5; looks++) {
      Files.write(weights, new byte[looks]);
      assertThat(look()).isEqualTo(looks == 5);
    }
    assertThat(versions())
        .containsExactly("negate/1 negate/1: its files changed at each of the last looks");

    look();

    assertThat(versions()).containsExactly("negate/1 loaded");
  }

  @Test
  void seesOtherBytesOfTheSameSizeAndTime() throws IOException {
    Path file = put("negate/1", "opset_99");
    FileTime time = FileTime.from(clock.instant());
    look();
    look();
    byte[] bytes = Files.readAllBytes(TestModels.tiny("opset_99.onnx"));
    Path other = Files.write(outside.resolve("other"), bytes);
    Files.setLastModifiedTime(other, time);
    assertThat(look()).isFalse();

    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

    look();
    assertThat(look()).as("another file: it is tried again").isTrue();
  }

  @Test
  void triesABrokenFileAgain_onlyWhenItHasChanged() throws IOException {
    put("negate/1", "opset_99");
    look();
    assertThat(look()).isTrue();
    assertThat(versions())
        .containsExactly(
            "negate/1 negate/1/model.onnx: opset 99 of ai.onnx is too new (expected: <= 26)");
    assertThat(look()).isFalse();

    put("negate/1", "any_width");
    look();
    look();

    assertThat(versions()).containsExactly("negate/1 loaded");
  }

  @Test
  void keepsWhatItHas_whenTheFileIsTouchedOnly() throws IOException {
    put("negate/1", "any_width");
    look();
    look();
    LoadedModel before = newest("negate/1");

    put("negate/1", "any_width");
    look();
    look();

    assertThat(newest("negate/1")).isSameAs(before);
  }

  @Test
  void loadsAnew_whenTheDescriptionChanges() throws IOException {
    put("negate/1", "any_width");
    look();
    look();

    Files.writeString(directory.resolve("negate/model.yaml"), "batching: {max_batch_size: 8}");
    look();
    look();

    assertThat(newest("negate/1").batching().maxRows()).isEqualTo(8);
  }

  @Test
  void removesWhatTwoLooksMiss() throws IOException {
    put("negate/1", "any_width");
    look();
    look();
    Files.move(directory.resolve("negate/1"), outside.resolve("away"));

    assertThat(look()).isFalse();
    assertThat(versions()).hasSize(1);
    assertThat(look()).isTrue();

    assertThat(versions()).isEmpty();
    assertThat(managedVersions.removed()).extracting(Object::toString).containsExactly("negate/1");
  }

  @Test
  void keepsEverything_whileTheDirectoryIsAway_orAnotherEmptyOne() throws IOException {
    put("negate/1", "any_width");
    look();
    look();

    Files.move(directory, outside.resolve("away"));
    look();
    look();
    assertThat(versions()).containsExactly("negate/1 loaded");

    Files.createDirectory(directory);
    look();
    look();
    assertThat(versions()).as("a volume that is gone").containsExactly("negate/1 loaded");
  }

  @Test
  void loadsOnlyWhatItIsToServe() throws IOException {
    put("negate/1", "any_width");
    put("negate/2", "any_width");
    put("table/1", "table");
    managedVersions = managedVersions(Map.of("serve", "negate/2,nothing"));

    look();
    look();

    assertThat(versions()).containsExactly("negate/2 loaded");
  }

  /** Its first run never ends by itself, and nothing else has to wait for it. */
  @Test
  void aFirstRunThatDoesNotEndFailsItsVersion_andTheOthersAreLoaded() throws IOException {
    runLimit = SHORT;
    put("a-endless/1", "endless_at_zero");
    put("b-endless/1", "endless");
    put("negate/1", "any_width");

    look();
    look();

    String reason =
        " the first run failed: The run took longer than its limit of 1 s; an example in"
            + " model.yaml may do better than zeros";
    assertThat(versions())
        .containsExactly(
            "a-endless/1 a-endless/1/model.onnx:" + reason,
            "b-endless/1 b-endless/1/model.onnx:" + reason,
            "negate/1 loaded");
    eventually().until(loads::idle);
  }

  @Test
  void servesOnWhatItHas_whenItsFilesBecomeOnesWhoseRunDoesNotEnd() throws IOException {
    put("negate/1", "any_width");
    look();
    look();
    LoadedModel before = newest("negate/1");

    runLimit = SHORT;
    put("negate/1", "endless");
    look();
    look();

    assertThat(newest("negate/1")).isSameAs(before);
    assertThat(versions().getFirst()).contains("longer than its limit");
  }

  @Test
  void dropsWhatIsLoadedOfFilesThatAreOthersByNow() throws IOException {
    put("negate/1", "any_width");
    clock.advance(Duration.ofMinutes(1));
    managedVersions.look();
    Files.writeString(directory.resolve("negate/model.yaml"), "batching: {max_batch_size: 8}");
    managedVersions.look();

    loads.advance();
    eventually().until(loads::idle);
    managedVersions.takeLoaded();

    assertThat(versions()).containsExactly("negate/1 awaited");
    look();
    assertThat(newest("negate/1").batching().maxRows()).isEqualTo(8);
  }

  @Test
  void dropsWhatIsLoadedOfAVersionThatIsGone() throws IOException {
    put("negate/1", "any_width");
    clock.advance(Duration.ofMinutes(1));
    managedVersions.look();
    loads.advance();
    eventually().until(loads::idle);
    Files.move(directory.resolve("negate/1"), outside.resolve("away"));
    managedVersions.look();
    managedVersions.look();

    managedVersions.takeLoaded();

    assertThat(versions()).isEmpty();
  }
}
