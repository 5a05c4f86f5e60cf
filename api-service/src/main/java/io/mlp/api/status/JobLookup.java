package io.mlp.api.status;

import io.mlp.cache.FinishedJobCache;
import io.mlp.job.store.StoredJobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Finds one job as it is now, or as it is when it has ended. */
@Component
public class JobLookup {
  private final FinishedJobCache cache;
  private final StoredJobs store;
  private final Waiters waiters;

  JobLookup(FinishedJobCache cache, StoredJobs store, Waiters waiters) {
    this.cache = cache;
    this.store = store;
    this.waiters = waiters;
  }

  /** The job as PostgreSQL has it now; empty if there is none. */
  public Optional<JobAnswer> find(UUID id) {
    return store.find(id).map(JobAnswer::of);
  }

  /** The job, once it has ended or the time has passed; empty if there is none. */
  public Optional<JobAnswer> find(UUID id, Optional<Duration> wait) {
    byte[] cached = cache.find(List.of(id)).get(id);
    if (cached != null) {
      return Optional.of(new JobAnswer.Whole(cached, true));
    }
    if (wait.isEmpty()) {
      return find(id);
    }
    // Registered before the database is read, so that no announcement is missed.
    try (Waiters.Waiter waiter = waiters.register(id)) {
      Optional<JobAnswer> found = find(id);
      if (found.isEmpty() || found.get().finished()) {
        return found;
      }
      return waiter
          .await(wait.get())
          .flatMap(end -> ended(id, end))
          .or(() -> waiter.abandoned() ? found : find(id));
    }
  }

  /** The job that has ended so; empty if it has been deleted since. */
  public Optional<JobAnswer> ended(UUID id, JobEnd end) {
    return switch (end) {
      case JobEnd.Told(byte[] json) -> Optional.of(new JobAnswer.Whole(json, true));
      case JobEnd.Untold() -> find(id);
    };
  }
}
