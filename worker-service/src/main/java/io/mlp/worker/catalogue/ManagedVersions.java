package io.mlp.worker.catalogue;

import io.mlp.worker.repository.FailedModel;
import io.mlp.worker.repository.Fingerprint;
import io.mlp.worker.repository.LoadResult;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelRepository;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.repository.RepositoryLook;
import io.mlp.worker.repository.RepositoryUnreadable;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this worker has of its repository. Each look has loaded what is new or other than it was,
 * once its files have stopped changing; what was loaded before stays until something better is, and
 * what is broken leaves its reason. Only the thread that looks touches it.
 */
final class ManagedVersions {
  private static final Logger LOG = LoggerFactory.getLogger(ManagedVersions.class);

  private final ModelRepository repository;
  private final ModelLoads loads;
  private final ModelSelection selection;
  private final Duration interval;
  private final Clock clock;
  private final NavigableMap<ModelVersion, ManagedVersion> versions = new TreeMap<>();

  /** What others are to be told of. */
  private final Set<ModelVersion> changed = new TreeSet<>();

  /** Gone from the repository, and not told yet. */
  private final Set<ModelVersion> removed = new TreeSet<>();

  private List<String> unmatched = List.of();
  private boolean first = true;
  private boolean readable = true;

  ManagedVersions(
      ModelRepository repository, ModelLoads loads, ModelSettings settings, Clock clock) {
    this.repository = repository;
    this.loads = loads;
    this.selection = new ModelSelection(settings.serve());
    this.interval = settings.look();
    this.clock = clock;
  }

  Collection<ManagedVersion> versions() {
    return versions.values();
  }

  /** The versions that others are to be told of, until somebody has and clears the set. */
  Set<ModelVersion> changed() {
    return changed;
  }

  Set<ModelVersion> removed() {
    return removed;
  }

  /** Looks at the repository, and asks for loads. */
  void look() {
    try {
      RepositoryLook look = repository.look();
      readable = true;
      look(look);
    } catch (RepositoryUnreadable e) {
      if (readable) {
        LOG.warn("What is loaded stays as it is: {}", e.getMessage());
      }
      readable = false;
    }
  }

  private void look(RepositoryLook look) {
    removeMissing(look);
    for (var entry : look.entries()) {
      if (selection.includes(entry.getKey())) {
        see(entry.getKey(), entry.getValue());
      }
    }
    warnOfUnmatched(look);
    first = false;
  }

  private void removeMissing(RepositoryLook look) {
    for (Iterator<ManagedVersion> all = versions.values().iterator(); all.hasNext(); ) {
      ManagedVersion managed = all.next();
      if (look.lacks(managed.version()) && managed.stillMissing()) {
        LOG.info("{} is gone from the repository and no longer served", managed.version());
        all.remove();
        managed.remove();
        loads.forget(managed.version());
        changed.remove(managed.version());
        removed.add(managed.version());
      }
    }
  }

  /** At the first look the files' own times say whether they have changed of late. */
  private void see(ModelVersion version, Fingerprint files) {
    ManagedVersion managed = versions.computeIfAbsent(version, ManagedVersion::new);
    boolean settled = first && files.settledSince(clock.instant().minus(interval));
    if (managed.sees(files, settled)) {
      managed.awaits(files);
      loads.want(version, files);
    } else if (managed.restless()) {
      changed.add(version);
    }
  }

  /** Takes what has come of loads, but for that of files that are gone or others by now. */
  void takeLoaded() {
    for (LoadOutcome outcome : loads.take()) {
      ManagedVersion managed = versions.get(outcome.version());
      if (managed != null && managed.takes(outcome.files())) {
        log(outcome.result());
        managed.take(outcome.result());
        changed.add(outcome.version());
      } else {
        outcome.drop();
      }
    }
  }

  private static void log(LoadResult result) {
    switch (result) {
      case LoadedModel model -> {
        LOG.info("{} is loaded", model.modelVersion());
        model
            .whyNotBatched()
            .ifPresent(why ->
                LOG.warn(
                    "{} is not batched, though its first dimensions are open: {}",
                    model.modelVersion(),
                    why));
      }
      case FailedModel model ->
          LOG.warn("{} is not loaded: {}", model.modelVersion(), model.reason());
    }
  }

  private void warnOfUnmatched(RepositoryLook look) {
    List<String> now = selection.unmatched(look.versions().keySet());
    if (!now.isEmpty() && !now.equals(unmatched)) {
      LOG.warn("worker.models.serve (WORKER_MODELS) names what the repository has not: {}", now);
    }
    unmatched = now;
  }

  void close() {
    versions.values().forEach(ManagedVersion::close);
  }
}
