package io.mlp.api.status;

import io.mlp.api.redis.FinishedJobCache;
import io.mlp.job.Job;
import io.mlp.job.JobJson;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Finds one job as it is now, or as it is when it has ended. */
@Component
class JobLookup {
  private static final String FINISHED = "finished";

  private final FinishedJobCache cache;
  private final JobStore store;
  private final Waiters waiters;

  JobLookup(FinishedJobCache cache, JobStore store, Waiters waiters) {
    this.cache = cache;
    this.store = store;
    this.waiters = waiters;
  }

  /**
   * A job's JSON.
   *
   * @param etag changes whenever the JSON does
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Found(byte[] json, boolean finished, String etag) {

    private static Found finished(UUID id, byte[] json) {
      return new Found(json, true, "\"" + id + "-" + FINISHED + "\"");
    }

    private static Found of(Job job) {
      if (job.status().terminal()) {
        return finished(job.id(), JobJson.write(job));
      }
      // A job that was claimed, returned and claimed again has another start.
      String state = job.status().text() + "-" + job.attempts() + "-" + job.startedAt();
      return new Found(JobJson.write(job), false, "\"" + job.id() + "-" + state + "\"");
    }
  }

  Optional<Found> find(UUID id, Optional<Duration> wait) {
    byte[] cached = cache.find(List.of(id)).get(id);
    if (cached != null) {
      return Optional.of(Found.finished(id, cached));
    }
    if (wait.isEmpty()) {
      return store.find(id).map(Found::of);
    }
    // Registered before the database is read, so that no announcement is missed.
    try (Waiters.Waiter waiter = waiters.register(id)) {
      Optional<Found> found = store.find(id).map(Found::of);
      if (found.isEmpty() || found.get().finished()) {
        return found;
      }
      return waiter
          .await(wait.get())
          .map(json -> Found.finished(id, json))
          .or(() -> store.find(id).map(Found::of));
    }
  }
}
