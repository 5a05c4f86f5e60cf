package io.mlp.worker.catalogue;

import io.mlp.job.store.DatabaseOutage;
import io.mlp.worker.job.WorkerIdentity;
import io.mlp.worker.repository.FailedModel;
import io.mlp.worker.repository.LoadLimit;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelRepository;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.repository.RunLimit;
import io.mlp.worker.trial.Budget;
import io.mlp.worker.trial.RowTrials;
import io.mlp.worker.trial.Verdicts;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Loads the models of the repository and says in the catalogue which this worker serves, and why it
 * does not serve the others. The api validates jobs against what is registered here.
 */
@Component
public class Registration implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  private final Catalogue catalogue;
  private final LoadNotes notes;
  private final WorkerIdentity worker;
  private final ModelLoads loads;
  private final ManagedVersions managedVersions;
  private final Duration interval;

  /** Versions whose newest bytes are not those that count. */
  private final Set<ModelVersion> waiting = new TreeSet<>();

  /** Versions whose jobs do not reach this worker, and why. */
  private Map<ModelVersion, String> unreached = Map.of();

  /** Released when a load has news. */
  private final Semaphore news = new Semaphore(0);

  /** The catalogue does not know, or not rightly, what this worker serves. */
  private final AtomicBoolean forgotten = new AtomicBoolean();

  private volatile boolean known;

  Registration(
      Catalogue catalogue,
      Verdicts verdicts,
      LoadNotes notes,
      WorkerIdentity worker,
      ModelSettings settings,
      RunLimit runLimit) {
    this.catalogue = catalogue;
    this.notes = notes;
    this.worker = worker;
    this.interval = settings.look();
    ModelRepository repository =
        new ModelRepository(
            settings.directory(),
            settings.intraOpThreads(),
            new RowTrials(verdicts, Budget.DEFAULT));
    // A directory that is not there is a mistake to be told at the start.
    repository.look();
    this.loads =
        new ModelLoads(
            repository::load, notes, () -> new LoadLimit(runLimit.duration()), news::release);
    this.managedVersions = new ManagedVersions(repository, loads, settings, Clock.systemUTC());
  }

  /** How long to wait between two looks at the repository. */
  public Duration interval() {
    return interval;
  }

  /** Waits until a load has news, or somebody else wants to wake who waits. */
  public void await(Duration most) throws InterruptedException {
    if (news.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) {
      news.drainPermits();
    }
  }

  /** Ends a wait, the one under way or the next one. */
  public void wake() {
    news.release();
  }

  /** Looks at the repository, so that what is new there is loaded. */
  public synchronized void look() {
    managedVersions.look();
  }

  /**
   * Takes what has been loaded, begins further loads, and registers what has changed.
   *
   * @return the models that this worker may serve now; whoever serves one closes it after its last
   *     run when another takes its place, or none
   * @throws DataAccessException if the database is away or its schema not there yet: nothing is
   *     loaded meanwhile, and what is loaded is registered the next time
   */
  public synchronized List<ServedModel> refresh() {
    managedVersions.takeLoaded();
    if (!known) {
      // So that others can tell whether a worker that notes a load still lives.
      catalogue.register(worker, List.of(), Set.of(), Map.of());
      known = true;
    }
    loads.advance();
    boolean all = forgotten.getAndSet(false);
    try {
      registerNews(all);
    } catch (RuntimeException e) {
      forgotten.compareAndSet(false, all);
      throw e;
    }
    return managedVersions.versions().stream()
        .map(ManagedVersion::served)
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * Says in the catalogue that this worker does not serve these versions, though it has them: their
   * jobs do not reach it, for the given reasons. Those that are not named, do.
   *
   * @throws DataAccessException if the database is away: it is said the next time
   */
  public synchronized void unreached(Map<ModelVersion, String> reasons) {
    if (!reasons.equals(unreached)) {
      unreached = Map.copyOf(reasons);
      forgotten.set(true);
      registerNews(true);
      forgotten.set(false);
    }
  }

  /** Whether all has been loaded that was found, but for what takes long. */
  public synchronized boolean settled() {
    return !loads.busy();
  }

  /** Whether nothing is inside ONNX Runtime on its behalf. */
  public boolean idle() {
    return loads.idle();
  }

  private void registerNews(boolean all) {
    List<ManagedVersion> versions =
        managedVersions.versions().stream()
            .filter(managed ->
                all
                    || managedVersions.changed().contains(managed.version())
                    || waiting.contains(managed.version()))
            .toList();
    if (all || !versions.isEmpty() || !managedVersions.removed().isEmpty()) {
      registerTogether(versions);
    }
  }

  /** What the database takes of one may be more than it takes of another. */
  private void registerTogether(List<ManagedVersion> versions) {
    try {
      register(versions);
    } catch (RuntimeException e) {
      if (!isFaultOfAModel(e)) {
        throw e;
      }
      versions.forEach(this::registerApart);
    }
  }

  private void registerApart(ManagedVersion managed) {
    try {
      register(List.of(managed));
    } catch (RuntimeException e) {
      if (!isFaultOfAModel(e)) {
        throw e;
      }
      LOG.error("{} cannot be registered", managed.version(), e);
      ModelVersion version = managed.version();
      String reason = "%s: the catalogue does not take it: %s".formatted(version, rootMessage(e));
      managed.refuse(new FailedModel(version.name(), version.version(), reason).reason());
      register(List.of(managed));
    }
  }

  /** What the database says of the values, and what goes wrong before it is asked. */
  private static boolean isFaultOfAModel(RuntimeException e) {
    return e instanceof DataIntegrityViolationException
        || !(e instanceof DataAccessException || e instanceof TransactionException);
  }

  private static String rootMessage(RuntimeException e) {
    Throwable root = NestedExceptionUtils.getMostSpecificCause(e);
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("no reason given");
  }

  private void register(List<ManagedVersion> versions) {
    Map<ModelVersion, Catalogue.Entry> counted =
        catalogue.register(worker, versions, managedVersions.removed(), unreached);
    waiting.removeAll(managedVersions.removed());
    managedVersions.removed().clear();
    for (ManagedVersion managed : versions) {
      managedVersions.changed().remove(managed.version());
      Catalogue.Entry entry = counted.get(managed.version());
      if (entry != null) {
        managed.newest().ifPresent(newest -> settle(managed, newest, entry));
      }
    }
  }

  /**
   * Other bytes under the same version: the first registered stay for as long as they are served.
   */
  private void settle(ManagedVersion managed, LoadedModel newest, Catalogue.Entry entry) {
    if (entry.digest().equals(newest.onnx().digest())) {
      waiting.remove(managed.version());
      newest.agree(entry.agreed());
      managed.serveNewest(entry.id());
      return;
    }
    if (waiting.add(managed.version())) {
      LOG.warn(
          "{} waits, for other workers serve other bytes under this version: {} there, {} here",
          managed.version(),
          entry.digest(),
          newest.onnx().digest());
    }
    if (managed.served().filter(served -> !served.digest().equals(entry.digest())).isPresent()) {
      managed.withdraw();
    }
  }

  @Scheduled(fixedDelayString = "${worker.models.heartbeat}")
  void heartbeat() {
    if (known) {
      OUTAGE.unlessAway(() -> {
        if (!catalogue.agrees(worker)) {
          forgotten.set(true);
        }
      });
    }
  }

  /** Waits for no load, for one may never end. */
  @Override
  public synchronized void destroy() {
    loads.close();
    managedVersions.close();
    if (known) {
      goodbye();
    }
  }

  /** So that the catalogue need not wait for this worker's silence. */
  private void goodbye() {
    try {
      notes.stops();
      catalogue.remove(worker);
    } catch (DataAccessException e) {
      LOG.debug("the catalogue will notice by itself", e);
    }
  }
}
