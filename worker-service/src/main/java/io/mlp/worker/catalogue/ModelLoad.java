package io.mlp.worker.catalogue;

import io.mlp.worker.repository.FailedModel;
import io.mlp.worker.repository.Fingerprint;
import io.mlp.worker.repository.LoadLimit;
import io.mlp.worker.repository.LoadResult;
import io.mlp.worker.repository.ModelVersion;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One load, on a daemon thread of its own. What is inside ONNX Runtime cannot be ended, so a load
 * that takes longer than it may is given up: its outcome is a failure, and what its thread comes to
 * in the end is dropped.
 */
final class ModelLoad {
  private static final Logger LOG = LoggerFactory.getLogger(ModelLoad.class);

  private final ModelVersion version;
  private final Fingerprint files;
  private final boolean alone;
  private final LoadLimit limit;
  private final Consumer<LoadOutcome> outcomes;
  private final Thread thread;

  /** Its outcome is known. */
  private final AtomicBoolean over = new AtomicBoolean();

  private volatile boolean loaded;
  private volatile boolean slow;

  /** What a load does on its thread. */
  interface Loader {
    LoadResult load(ModelVersion version, Fingerprint files, LoadLimit limit);
  }

  /**
   * A load that is not begun.
   *
   * @param outcomes is told once, by whichever thread
   * @param ended is told when the thread is through
   */
  ModelLoad(
      ModelVersion version,
      Fingerprint files,
      boolean alone,
      LoadLimit limit,
      Loader loader,
      Consumer<LoadOutcome> outcomes,
      Consumer<ModelLoad> ended) {
    this.version = version;
    this.files = files;
    this.alone = alone;
    this.limit = limit;
    this.outcomes = outcomes;
    this.thread =
        Thread.ofPlatform()
            .name("load-" + version)
            .daemon()
            .unstarted(() -> {
              try {
                run(loader);
              } finally {
                ended.accept(this);
              }
            });
  }

  ModelVersion version() {
    return version;
  }

  Fingerprint files() {
    return files;
  }

  boolean isOf(ModelVersion other, Fingerprint otherFiles) {
    return version.equals(other) && files.equals(otherFiles);
  }

  /** Whether nothing else may be loaded meanwhile. */
  boolean alone() {
    return alone;
  }

  void start() {
    thread.start();
  }

  private void run(Loader loader) {
    LoadResult result = load(loader);
    loaded = !(result instanceof FailedModel);
    end(result);
  }

  private LoadResult load(Loader loader) {
    try {
      return loader.load(version, files, limit);
    } catch (RuntimeException | Error e) {
      LOG.error("{} does not load", version, e);
      return failed("%s: %s".formatted(version, e));
    }
  }

  private void end(LoadResult result) {
    LoadOutcome outcome = new LoadOutcome(version, files, result);
    if (over.compareAndSet(false, true)) {
      outcomes.accept(outcome);
    } else {
      outcome.drop();
    }
  }

  private FailedModel failed(String reason) {
    return new FailedModel(version.name(), version.version(), reason);
  }

  /** Ends what takes longer than it may, its run or all of it. */
  void enforceLimit() {
    limit.endLateRun();
    if (limit.exceeded() && !isOver()) {
      end(
          failed(
              "%s: not loaded within %d s, and what ONNX Runtime does before the first run cannot be ended"
                  .formatted(version, limit.whole().toSeconds())));
    }
  }

  private boolean isOver() {
    return over.get();
  }

  /** Whether the files did load, as soon as the thread is through. */
  boolean loaded() {
    return loaded;
  }

  boolean takesLongerThan(Duration slowAfter) {
    return limit.elapsed().compareTo(slowAfter) > 0;
  }

  /** Tells once that it does. */
  boolean becomesSlow(Duration slowAfter) {
    boolean before = slow;
    slow = takesLongerThan(slowAfter);
    return slow && !before;
  }

  /** Nobody waits for it any more. */
  void abandon() {
    limit.abandon();
  }
}
