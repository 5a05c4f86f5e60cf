package io.mlp.api.status;

import io.mlp.cache.FinishedJobCache;
import io.mlp.job.JobJson;
import io.mlp.job.store.FoundJob;
import io.mlp.job.store.StoredJobs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Finds jobs that have ended: in Redis while it keeps them, else in PostgreSQL. */
@Component
class FinishedJobReader implements FinishedJobSource {
  private final FinishedJobCache cache;
  private final StoredJobs store;

  FinishedJobReader(FinishedJobCache cache, StoredJobs store) {
    this.cache = cache;
    this.store = store;
  }

  /** Asks each store once. */
  @Override
  public Map<UUID, JobEnd> find(List<UUID> jobIds) {
    Map<UUID, JobEnd> found = new HashMap<>();
    cache.find(jobIds).forEach((id, json) -> found.put(id, new JobEnd.Told(json)));
    List<UUID> missing = new ArrayList<>(jobIds);
    missing.removeAll(found.keySet());
    if (!missing.isEmpty()) {
      store.findFinished(missing).forEach(job -> found.put(job.job().id(), end(job)));
    }
    return found;
  }

  private static JobEnd end(FoundJob found) {
    return found.large() == null
        ? new JobEnd.Told(JobJson.write(found.job()))
        : new JobEnd.Untold();
  }
}
