package io.mlp.worker.catalogue;

import io.mlp.worker.job.WorkerIdentity;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelRepository;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.trial.Budget;
import io.mlp.worker.trial.RowTrials;
import io.mlp.worker.trial.Verdicts;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Loads the models of the repository and says in the catalogue which this worker serves, and why it
 * does not serve the others. The api validates jobs against what is registered here.
 */
@Component
public class Registration implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

  private final Catalogue catalogue;
  private final WorkerIdentity worker;
  private final ModelShelf shelf;
  private final Duration interval;

  /** Versions whose newest bytes are not those that count. */
  private final Set<ModelVersion> waiting = new TreeSet<>();

  /** Versions whose jobs do not reach this worker, and why. */
  private Map<ModelVersion, String> unreached = Map.of();

  private volatile boolean told;
  private volatile boolean known;

  Registration(
      Catalogue catalogue, Verdicts verdicts, WorkerIdentity worker, ModelSettings settings) {
    this.catalogue = catalogue;
    this.worker = worker;
    this.interval = settings.look();
    ModelRepository repository =
        new ModelRepository(
            settings.directory(),
            settings.intraOpThreads(),
            new RowTrials(verdicts, Budget.DEFAULT));
    // A directory that is not there is a mistake to be told at the start.
    repository.look();
    this.shelf = new ModelShelf(repository, settings, Clock.systemUTC());
  }

  /** How long to wait between two looks at the repository. */
  public Duration interval() {
    return interval;
  }

  /**
   * Looks at the repository, loads what is new there, and registers what has changed.
   *
   * @return the models that this worker may serve now; whoever serves one closes it after its last
   *     run when another takes its place, or none
   * @throws DataAccessException if the database is away or its schema not there yet: what is loaded
   *     is registered the next time
   */
  public synchronized List<ServedModel> refresh() {
    if (shelf.look()) {
      told = false;
    }
    if (!told) {
      register(shelf.versions());
    } else if (!waiting.isEmpty()) {
      register(shelf.versions().stream().filter(this::waits).toList());
    }
    return shelf.versions().stream().map(ShelvedModel::served).flatMap(Optional::stream).toList();
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
      told = false;
      register(shelf.versions());
    }
  }

  private boolean waits(ShelvedModel shelved) {
    return waiting.contains(shelved.version());
  }

  private void register(Collection<ShelvedModel> versions) {
    Map<ModelVersion, Catalogue.Entry> counted =
        catalogue.register(worker, versions, shelf.removed(), unreached);
    waiting.removeAll(shelf.removed());
    for (ShelvedModel shelved : versions) {
      Catalogue.Entry entry = counted.get(shelved.version());
      if (entry != null) {
        shelved.newest().ifPresent(newest -> settle(shelved, newest, entry));
      }
    }
    shelf.removed().clear();
    told = true;
    known = true;
  }

  /**
   * Other bytes under the same version: the first registered stay for as long as they are served.
   */
  private void settle(ShelvedModel shelved, LoadedModel newest, Catalogue.Entry entry) {
    if (entry.digest().equals(newest.onnx().digest())) {
      waiting.remove(shelved.version());
      newest.agree(entry.agreed());
      shelved.serveNewest(entry.id());
      return;
    }
    if (waiting.add(shelved.version())) {
      LOG.warn(
          "{} waits, for other workers serve other bytes under this version: {} there, {} here",
          shelved.version(),
          entry.digest(),
          newest.onnx().digest());
    }
    if (shelved.served().filter(served -> !served.digest().equals(entry.digest())).isPresent()) {
      shelved.withdraw();
    }
  }

  @Scheduled(fixedDelayString = "${worker.models.heartbeat}")
  void heartbeat() {
    if (!known) {
      return;
    }
    try {
      if (!catalogue.agrees(worker)) {
        told = false;
      }
    } catch (DataAccessException e) {
      LOG.warn("No heartbeat while the database is away: {}", e.toString());
    }
  }

  @Override
  public synchronized void destroy() {
    shelf.close();
    if (known) {
      goodbye();
    }
  }

  /** So that the catalogue need not wait for this worker's silence. */
  private void goodbye() {
    try {
      catalogue.remove(worker);
    } catch (DataAccessException e) {
      LOG.debug("the catalogue will notice by itself", e);
    }
  }
}
