package io.mlp.worker.catalogue;

import io.mlp.worker.job.WorkerIdentity;
import io.mlp.worker.repository.FailedModel;
import io.mlp.worker.repository.LoadResult;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelRepository;
import java.util.ArrayList;
import java.util.List;
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
  private final List<LoadResult> models;
  private volatile boolean registered;

  Registration(Catalogue catalogue, WorkerIdentity worker, ModelSettings settings) {
    this.catalogue = catalogue;
    this.worker = worker;
    this.models = new ModelRepository(settings.directory(), settings.intraOpThreads()).load();
    models.forEach(Registration::log);
  }

  private static void log(LoadResult result) {
    switch (result) {
      case LoadedModel model ->
          LOG.info("{} version {} is loaded and warm", model.name(), model.version());
      case FailedModel model ->
          LOG.warn(
              "{} version {} is not served: {}", model.name(), model.version(), model.reason());
    }
  }

  /**
   * Registers worker and models.
   *
   * @return the models that this worker may serve now
   * @throws DataAccessException if the database is away or its schema not there yet
   */
  public List<ServedModel> register() {
    catalogue.add(worker);
    List<ServedModel> served = new ArrayList<>();
    for (LoadResult result : models) {
      switch (result) {
        case LoadedModel model -> register(model, served);
        case FailedModel model -> catalogue.refused(worker, model);
      }
    }
    registered = true;
    return served;
  }

  /**
   * Other bytes under the same version: the first registered stay for as long as they are served.
   */
  private void register(LoadedModel model, List<ServedModel> served) {
    Catalogue.Entry entry = catalogue.put(worker, model);
    if (entry.digest().equals(model.onnx().digest())) {
      catalogue.ready(worker, model);
      served.add(new ServedModel(model, entry.id()));
      return;
    }
    String reason =
        "Another worker serves other bytes under this version: %s there, %s here"
            .formatted(entry.digest(), model.onnx().digest());
    FailedModel refused = new FailedModel(model.name(), model.version(), reason);
    log(refused);
    catalogue.refused(worker, refused);
  }

  @Scheduled(fixedDelayString = "${worker.models.heartbeat}")
  void heartbeat() {
    if (!registered) {
      return;
    }
    try {
      if (!catalogue.seen(worker)) {
        register();
      }
    } catch (DataAccessException e) {
      LOG.warn("No heartbeat while the database is away: {}", e.toString());
    }
  }

  @Override
  public void destroy() {
    for (LoadResult result : models) {
      if (result instanceof LoadedModel model) {
        model.close();
      }
    }
    if (registered) {
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
