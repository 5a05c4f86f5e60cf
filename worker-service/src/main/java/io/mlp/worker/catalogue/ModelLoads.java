package io.mlp.worker.catalogue;

import io.mlp.worker.catalogue.LoadNotes.Files;
import io.mlp.worker.catalogue.LoadNotes.Suspicion;
import io.mlp.worker.repository.FailedModel;
import io.mlp.worker.repository.Fingerprint;
import io.mlp.worker.repository.LoadLimit;
import io.mlp.worker.repository.ModelVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what is wanted on threads of its own, one version at a time; one that takes long lets
 * others begin beside it. Each is noted where a death of this process cannot take the note along.
 * What a process died of before is loaded last and alone, and what it died of alone is skipped.
 *
 * <p>Only the thread that looks asks, begins loads and takes what came of them.
 */
final class ModelLoads {
  private static final Logger LOG = LoggerFactory.getLogger(ModelLoads.class);

  /** A load that takes longer keeps no other waiting. */
  private static final Duration SLOW_AFTER = Duration.ofSeconds(10);

  /** Loads that take long, and may need much memory, at a time. */
  private static final int MOST = 4;

  private static final Duration WATCH = Duration.ofMillis(100);

  private final ModelLoad.Loader loader;
  private final LoadNotes notes;
  private final Supplier<LoadLimit> limits;
  private final Duration slowAfter;
  private final Runnable news;

  private final NavigableMap<ModelVersion, Wanted> wanted = new TreeMap<>();

  /** Loads whose outcomes are not taken. */
  private final List<ModelLoad> running = new ArrayList<>();

  /** Loads whose threads are through, and whose notes may still be there. */
  private final List<ModelLoad> noted = new ArrayList<>();

  private final Queue<LoadOutcome> outcomes = new ConcurrentLinkedQueue<>();
  private final Queue<ModelLoad> ended = new ConcurrentLinkedQueue<>();

  /** Those with a thread, given up or not, and what looks at them. */
  private final Map<ModelLoad, Future<?>> alive = new ConcurrentHashMap<>();

  private volatile boolean closed;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("load-watch").daemon().factory());

  private record Wanted(ModelVersion version, Fingerprint fingerprint, Files files) {
    static Wanted of(ModelVersion version, Fingerprint fingerprint) {
      return new Wanted(version, fingerprint, new Files(version, fingerprint.digest()));
    }

    LoadOutcome skipped() {
      String reason =
          "%s: skipped because two processes died while they loaded it, the second one of it alone (expected: other files)"
              .formatted(version);
      return new LoadOutcome(
          version, fingerprint, new FailedModel(version.name(), version.version(), reason));
    }
  }

  /**
   * Nothing is loaded yet.
   *
   * @param news is called whenever there is something to be taken or begun
   */
  ModelLoads(ModelLoad.Loader loader, LoadNotes notes, Supplier<LoadLimit> limits, Runnable news) {
    this(loader, notes, limits, SLOW_AFTER, news);
  }

  ModelLoads(
      ModelLoad.Loader loader,
      LoadNotes notes,
      Supplier<LoadLimit> limits,
      Duration slowAfter,
      Runnable news) {
    this.loader = loader;
    this.notes = notes;
    this.limits = limits;
    this.slowAfter = slowAfter;
    this.news = news;
  }

  /** Has these files of a version loaded, and no others of it. */
  void want(ModelVersion version, Fingerprint files) {
    forget(version);
    wanted.put(version, Wanted.of(version, files));
  }

  /** What is loaded of the version is wanted no more. */
  void forget(ModelVersion version) {
    wanted.remove(version);
    running.stream().filter(load -> load.version().equals(version)).forEach(ModelLoad::abandon);
  }

  /** What has come of loads since it was asked last; each is owned by who takes it. */
  List<LoadOutcome> take() {
    List<LoadOutcome> taken = new ArrayList<>();
    for (LoadOutcome next = outcomes.poll(); next != null; next = outcomes.poll()) {
      LoadOutcome outcome = next;
      running.removeIf(load -> load.isOf(outcome.version(), outcome.files()));
      taken.add(outcome);
    }
    return taken;
  }

  /**
   * Begins what may begin now.
   *
   * @throws org.springframework.dao.DataAccessException if no note can be made: nothing is loaded
   */
  void advance() {
    takeBackNotes();
    while (!wanted.isEmpty() && mayBegin()) {
      Map<Files, Suspicion> suspicions = notes.suspicions();
      skipCondemned(suspicions);
      Optional<Wanted> next = next(suspicions);
      if (next.isEmpty()) {
        return;
      }
      begin(next.get(), suspicions.containsKey(next.get().files));
    }
  }

  private void takeBackNotes() {
    for (ModelLoad load = ended.poll(); load != null; load = ended.poll()) {
      noted.add(load);
    }
    for (Iterator<ModelLoad> all = noted.iterator(); all.hasNext(); ) {
      ModelLoad load = all.next();
      notes.ended(new Files(load.version(), load.files().digest()), load.loaded());
      all.remove();
    }
  }

  private boolean mayBegin() {
    return running.size() < MOST
        && running.stream().allMatch(load -> !load.alone() && load.takesLongerThan(slowAfter));
  }

  private void skipCondemned(Map<Files, Suspicion> suspicions) {
    for (Wanted next : List.copyOf(wanted.values())) {
      if (suspicions.get(next.files) == Suspicion.CONDEMNED) {
        notes.skipped(next.files);
        wanted.remove(next.version);
        publish(next.skipped());
      }
    }
  }

  /** The first that is not suspected or, if nothing else is loaded or to be, one that is. */
  private Optional<Wanted> next(Map<Files, Suspicion> suspicions) {
    Optional<Wanted> innocent =
        wanted.values().stream().filter(next -> !suspicions.containsKey(next.files)).findFirst();
    return innocent.or(
        () -> running.isEmpty() ? wanted.values().stream().findFirst() : Optional.empty());
  }

  private void begin(Wanted next, boolean alone) {
    if (alone) {
      LOG.warn("{} is loaded alone because a process died while it loaded it", next.version);
    }
    notes.begins(next.files, alone);
    wanted.remove(next.version);
    ModelLoad load =
        new ModelLoad(
            next.version,
            next.fingerprint,
            alone,
            limits.get(),
            loader,
            this::publish,
            this::ended);
    running.add(load);
    alive.put(
        load,
        watch.scheduleWithFixedDelay(
            () -> look(load), WATCH.toMillis(), WATCH.toMillis(), TimeUnit.MILLISECONDS));
    load.start();
  }

  private void look(ModelLoad load) {
    load.enforceLimit();
    if (load.becomesSlow(slowAfter)) {
      news.run();
    }
  }

  private void publish(LoadOutcome outcome) {
    outcomes.add(outcome);
    news.run();
    if (closed) {
      dropOutcomes();
    }
  }

  private void dropOutcomes() {
    for (LoadOutcome next = outcomes.poll(); next != null; next = outcomes.poll()) {
      next.drop();
    }
  }

  private void ended(ModelLoad load) {
    Future<?> looking = alive.remove(load);
    if (looking != null) {
      looking.cancel(false);
    }
    ended.add(load);
    news.run();
  }

  /** Whether loads are to come, or under way and likely to end soon. */
  boolean busy() {
    return !wanted.isEmpty()
        || !outcomes.isEmpty()
        || running.stream().anyMatch(load -> !load.takesLongerThan(slowAfter));
  }

  /** Whether no thread is inside ONNX Runtime. */
  boolean idle() {
    return alive.isEmpty();
  }

  /** Waits for nothing: what is still loaded is dropped when it is done. */
  void close() {
    closed = true;
    wanted.clear();
    running.forEach(ModelLoad::abandon);
    watch.shutdownNow();
    dropOutcomes();
  }
}
