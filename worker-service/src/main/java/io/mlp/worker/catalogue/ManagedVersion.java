package io.mlp.worker.catalogue;

import io.mlp.worker.repository.FailedModel;
import io.mlp.worker.repository.Fingerprint;
import io.mlp.worker.repository.LoadResult;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One version of the repository in this worker. Only the thread that looks touches it. */
final class ManagedVersion {
  /** So many looks in a row found other files than the look before: somebody should know. */
  private static final int RESTLESS = 5;

  private final ModelVersion version;
  private @Nullable Fingerprint seen;
  private @Nullable Fingerprint awaited;
  private @Nullable Fingerprint taken;
  private @Nullable LoadedModel newest;
  private @Nullable ServedModel served;
  private @Nullable String reason;
  private int changes;
  private boolean missing;

  ManagedVersion(ModelVersion version) {
    this.version = version;
  }

  ModelVersion version() {
    return version;
  }

  /** The newest bytes that load. */
  Optional<LoadedModel> newest() {
    return Optional.ofNullable(newest);
  }

  /** What jobs run on: the newest, unless that waits for other workers to agree. */
  Optional<ServedModel> served() {
    return Optional.ofNullable(served);
  }

  /** Why the files that are there now are not loaded. */
  Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /**
   * Takes note of the files that are there now.
   *
   * @return whether they are to be loaded: they are others than those that were, and the last look
   *     has seen them, too
   */
  boolean sees(Fingerprint files, boolean settled) {
    boolean same = settled || files.equals(seen);
    seen = files;
    missing = false;
    changes = same ? 0 : changes + 1;
    return same && !files.equals(taken) && !files.equals(awaited);
  }

  /** These files are being loaded. */
  void awaits(Fingerprint files) {
    awaited = files;
  }

  /** Whether what came of these files is to be taken: they are awaited, and still there. */
  boolean takes(Fingerprint files) {
    if (!files.equals(awaited)) {
      return false;
    }
    awaited = null;
    return files.equals(seen);
  }

  /** Whether it must be told of now that its files change and change. */
  boolean restless() {
    if (changes != RESTLESS) {
      return false;
    }
    reason = "%s: its files changed at each of the last looks".formatted(version);
    return true;
  }

  /** Whether the last look missed it, too: what is moved may be away for a moment. */
  boolean stillMissing() {
    boolean before = missing;
    missing = true;
    return before;
  }

  /** Takes what came of loading the files seen last. What does not load replaces nothing. */
  void take(LoadResult result) {
    taken = seen;
    switch (result) {
      case FailedModel failed -> reason = failed.reason();
      case LoadedModel loaded -> {
        reason = null;
        replaceNewest(loaded);
      }
    }
  }

  private void replaceNewest(LoadedModel loaded) {
    if (newest != null && loaded.sameAs(newest)) {
      loaded.close();
      return;
    }
    closeUnserved();
    newest = loaded;
  }

  /** Those that are served are closed by whoever serves them, after their last run. */
  private void closeUnserved() {
    if (newest != null && (served == null || served.model() != newest)) {
      newest.close();
    }
  }

  /** The newest bytes are those that count. */
  void serveNewest(int modelVersionId) {
    if (newest != null && (served == null || served.model() != newest)) {
      served = new ServedModel(newest, modelVersionId);
    }
  }

  /**
   * Neither what is served nor what is newest counts any more. The files are loaded anew, to be
   * there when they do.
   */
  void withdraw() {
    closeUnserved();
    served = null;
    newest = null;
    taken = null;
  }

  /** The newest bytes are as good as broken: they cannot be told to others. */
  void refuse(String why) {
    closeUnserved();
    newest = served == null ? null : served.model();
    reason = why;
  }

  void remove() {
    closeUnserved();
  }

  /** Closes everything, after the last run. */
  void close() {
    closeUnserved();
    if (served != null) {
      served.model().close();
    }
  }
}
