package io.mlp.worker.catalogue;

import static io.mlp.worker.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mlp.worker.catalogue.LoadNotes.Files;
import io.mlp.worker.catalogue.LoadNotes.Suspicion;
import io.mlp.worker.repository.FailedModel;
import io.mlp.worker.repository.Fingerprint;
import io.mlp.worker.repository.LoadLimit;
import io.mlp.worker.repository.LoadResult;
import io.mlp.worker.repository.Loading;
import io.mlp.worker.repository.ModelVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads that the test lets end when it likes. */
class ModelLoadsTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final FakeLoadNotes notes = new FakeLoadNotes();
  private final AtomicInteger news = new AtomicInteger();
  private final Map<String, CountDownLatch> underWay = new ConcurrentHashMap<>();
  private final List<String> taken = new ArrayList<>();
  private @TempDir Path directory;
  private Duration preparation = LONG;
  private Duration slowAfter = LONG;
  private ModelLoads loads = loads();

  private ModelLoads loads() {
    return new ModelLoads(
        this::load,
        notes,
        () -> Loading.limit(Duration.ZERO, preparation),
        slowAfter,
        news::incrementAndGet);
  }

  /** Until the test ends it. */
  private LoadResult load(ModelVersion version, Fingerprint files, LoadLimit limit) {
    CountDownLatch end = new CountDownLatch(1);
    underWay.put(version.toString(), end);
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      underWay.remove(version.toString());
    }
    if (version.name().startsWith("throws")) {
      throw new StackOverflowError("deep");
    }
    return version.name().startsWith("bad")
        ? new FailedModel(version.name(), version.version(), "bad")
        : Loading.iris();
  }

  @AfterEach
  void close() {
    loads.close();
    underWay.values().forEach(CountDownLatch::countDown);
  }

  private static ModelVersion version(String name) {
    return new ModelVersion(name, 1);
  }

  private Fingerprint files(String name) throws IOException {
    return Loading.fingerprint(directory, version(name));
  }

  private Files noted(String name) throws IOException {
    return new Files(version(name), files(name).digest());
  }

  private void want(String... names) throws IOException {
    for (String name : names) {
      loads.want(version(name), files(name));
    }
  }

  /** What the thread that looks does on any news. */
  private void follow() {
    for (LoadOutcome outcome : loads.take()) {
      String what = outcome.result() instanceof FailedModel failed ? failed.reason() : "loads";
      taken.add(outcome.version() + ": " + what);
      outcome.drop();
    }
    loads.advance();
  }

  private void end(String version) {
    eventually().until(() -> underWay.containsKey(version));
    requireNonNull(underWay.get(version)).countDown();
    eventually().until(() -> !underWay.containsKey(version));
  }

  private void awaitUnderWay(String... versions) {
    eventually()
        .untilAsserted(() -> {
          follow();
          assertThat(underWay.keySet()).containsExactlyInAnyOrder(versions);
        });
  }

  private void awaitTaken(String... outcomes) {
    eventually()
        .untilAsserted(() -> {
          follow();
          assertThat(taken).containsExactly(outcomes);
        });
  }

  private void awaitNotes(String... written) {
    eventually()
        .untilAsserted(() -> {
          follow();
          assertThat(notes.written).containsExactly(written);
        });
  }

  @Test
  void loadsOneVersionAtATime_andNotesEach() throws IOException {
    want("b", "a");
    awaitUnderWay("a/1");
    assertThat(loads.busy()).isTrue();

    end("a/1");

    awaitTaken("a/1: loads");
    awaitUnderWay("b/1");
    end("b/1");
    awaitTaken("a/1: loads", "b/1: loads");
    awaitNotes("begins a/1", "acquits a/1", "begins b/1", "acquits b/1");
    assertThat(loads.busy()).isFalse();
    assertThat(loads.idle()).isTrue();
  }

  @Test
  void aLoadThatTakesLongKeepsNoOtherWaiting_andIsTakenInTheEnd() throws IOException {
    slowAfter = Duration.ofMillis(50);
    loads = loads();
    want("a", "b");

    awaitUnderWay("a/1", "b/1");

    eventually().until(() -> news.get() > 0);
    eventually().until(() -> !loads.busy());
    end("b/1");
    awaitTaken("b/1: loads");
    end("a/1");
    awaitTaken("b/1: loads", "a/1: loads");
  }

  @Test
  void noMoreThanFourLoadsThatTakeLongAreUnderWay() throws IOException {
    slowAfter = Duration.ZERO;
    loads = loads();
    want("a", "b", "c", "d", "e");

    awaitUnderWay("a/1", "b/1", "c/1", "d/1");
    end("c/1");
    awaitUnderWay("a/1", "b/1", "d/1", "e/1");
  }

  @Test
  void aLoadThatDoesNotEndIsGivenUp_andItsNoteStaysUntilItDoes() throws IOException {
    preparation = Duration.ofMillis(50);
    loads = loads();
    want("a", "bad");

    awaitTaken(
        "a/1: a/1: not loaded within 0 s, and what ONNX Runtime does before the first run cannot be"
            + " ended");
    awaitUnderWay("a/1", "bad/1");
    assertThat(notes.written).containsExactly("begins a/1", "begins bad/1");
    assertThat(loads.idle()).isFalse();

    end("a/1");

    awaitNotes("begins a/1", "begins bad/1", "acquits a/1");
    end("bad/1");
    eventually().until(loads::idle);
  }

  @Test
  void whateverIsThrownIsTheReason_andTheNextGoesOn() throws IOException {
    want("throws", "z");
    awaitUnderWay("throws/1");

    end("throws/1");

    awaitTaken("throws/1: throws/1: java.lang.StackOverflowError: deep");
    awaitUnderWay("z/1");
    assertThat(notes.written).containsExactly("begins throws/1", "ends throws/1", "begins z/1");
  }

  @Test
  void whatAProcessDiedOfIsLoadedLast_andAlone() throws IOException {
    slowAfter = Duration.ZERO;
    loads = loads();
    notes.suspicions.put(noted("a"), Suspicion.SUSPECT);
    want("a", "b");

    awaitUnderWay("b/1");
    follow();
    assertThat(underWay).as("not beside b").hasSize(1);
    end("b/1");
    awaitUnderWay("a/1");
    want("c");
    follow();
    assertThat(notes.written).as("nor c beside it").endsWith("begins a/1 alone");
    end("a/1");

    awaitUnderWay("c/1");
    assertThat(notes.written)
        .containsExactly(
            "begins b/1", "acquits b/1", "begins a/1 alone", "acquits a/1", "begins c/1");
  }

  @Test
  void whatAProcessDiedOfAloneIsSkipped_untilItsFilesChange() throws IOException {
    notes.suspicions.put(noted("a"), Suspicion.CONDEMNED);
    want("a");

    awaitTaken(
        "a/1: a/1: skipped because two processes died while they loaded it, the second one of it alone"
            + " (expected: other files)");
    assertThat(notes.written).containsExactly("skips a/1");

    java.nio.file.Files.createDirectories(directory.resolve("a/1"));
    want("a");
    awaitUnderWay("a/1");
  }

  @Test
  void loadsNothingThatCannotBeNoted() throws IOException {
    want("a");
    notes.away(true);

    assertThatIllegalStateException().isThrownBy(loads::advance);

    assertThat(loads.idle()).isTrue();
    notes.away(false);
    awaitUnderWay("a/1");
  }

  @Test
  void takesANoteBackLater_whenTheDatabaseWasAway() throws IOException {
    want("a");
    awaitUnderWay("a/1");
    notes.away(true);
    end("a/1");
    eventually().until(loads::idle);

    assertThatIllegalStateException().isThrownBy(loads::advance);

    notes.away(false);
    awaitNotes("begins a/1", "acquits a/1");
  }

  @Test
  void closesAtOnce_andDropsWhatIsLoadedAfterwards() throws IOException {
    want("a", "b");
    awaitUnderWay("a/1");

    loads.close();

    assertThat(loads.idle()).isFalse();
    end("a/1");
    eventually().until(loads::idle);
    assertThat(loads.take()).isEmpty();
  }
}
