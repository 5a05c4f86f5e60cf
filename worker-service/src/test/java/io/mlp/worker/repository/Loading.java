package io.mlp.worker.repository;

import static java.util.Objects.requireNonNull;

import io.mlp.worker.inference.TestModels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Loads whole repositories for tests. */
public final class Loading {
  private Loading() {}

  /** Every version there is, in their order; the caller owns those that load. */
  public static List<LoadResult> all(Path directory) {
    ModelRepository repository = new ModelRepository(directory, 1, TestModels.TRIALS);
    return repository.look().entries().stream()
        .map(found -> repository.load(found.getKey(), found.getValue(), limit()))
        .toList();
  }

  /** So much for runs, and so much for all else. */
  public static LoadLimit limit(Duration ofRun, Duration preparation) {
    return new LoadLimit(ofRun, preparation);
  }

  /** What tells whether a version's files have changed, whether or not it is there. */
  public static Fingerprint fingerprint(Path directory, ModelVersion version) throws IOException {
    Path root = directory.toRealPath();
    return Fingerprint.of(root, root.resolve(version.toString()), List.of());
  }

  /** Five seconds for a run, which is ended then as the worker does it. */
  private static LoadLimit limit() {
    LoadLimit limit = new LoadLimit(Duration.ofSeconds(5), Duration.ofMinutes(1));
    Thread.ofVirtual()
        .start(() -> {
          while (!limit.exceeded()) {
            limit.endLateRun();
            LockSupport.parkNanos(10_000_000);
          }
        });
    return limit;
  }

  /** The model iris 1, for whoever closes it. */
  public static LoadedModel iris() {
    ModelVersion iris = new ModelVersion("iris", 1);
    ModelRepository repository = new ModelRepository(TestModels.SHIPPED, 1, TestModels.TRIALS);
    Fingerprint files = requireNonNull(repository.look().versions().get(iris));
    return (LoadedModel) repository.load(iris, files, limit());
  }
}
