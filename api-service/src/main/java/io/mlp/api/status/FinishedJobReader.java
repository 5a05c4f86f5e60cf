package io.mlp.api.status;

import io.mlp.cache.FinishedJobCache;
import io.mlp.job.JobJson;
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
  public Map<UUID, byte[]> find(List<UUID> jobIds) {
    Map<UUID, byte[]> found = new HashMap<>(cache.find(jobIds));
    List<UUID> missing = new ArrayList<>(jobIds);
    missing.removeAll(found.keySet());
    if (!missing.isEmpty()) {
      store.findFinished(missing).forEach(job -> found.put(job.id(), JobJson.write(job)));
    }
    return found;
  }
}
