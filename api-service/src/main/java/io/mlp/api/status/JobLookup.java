package io.mlp.api.status;

import io.mlp.api.owner.Caller;
import io.mlp.cache.FinishedJobCache;
import io.mlp.job.JobJson;
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

  /** The job as PostgreSQL has it now; empty if there is none that the caller may see. */
  public Optional<JobAnswer> find(UUID id, Caller caller) {
    return store.find(id, caller.sees()).map(JobAnswer::of);
  }

  /**
   * The job, once it has ended or the time has passed; empty if there is none that the caller may
   * see. Another owner's job takes the way of one that does not exist, so that no time tells them
   * apart.
   */
  public Optional<JobAnswer> find(UUID id, Optional<Duration> wait, Caller caller) {
    byte[] cached = cache.find(List.of(id)).get(id);
    if (cached != null && caller.sees(JobJson.owner(cached))) {
      return Optional.of(new JobAnswer.Whole(cached, true));
    }
    if (wait.isEmpty()) {
      return find(id, caller);
    }
    // Registered before the database is read, so that no announcement is missed.
    try (Waiters.Waiter waiter = waiters.register(id)) {
      Optional<JobAnswer> found = find(id, caller);
      if (found.isEmpty() || found.get().finished()) {
        return found;
      }
      return waiter
          .await(wait.get())
          .flatMap(end -> ended(id, end, caller))
          .or(() -> waiter.abandoned() ? found : find(id, caller));
    }
  }

  /** The job that has ended so; empty if it has been deleted since. */
  public Optional<JobAnswer> ended(UUID id, JobEnd end, Caller caller) {
    return switch (end) {
      case JobEnd.Told(byte[] json) -> Optional.of(new JobAnswer.Whole(json, true));
      case JobEnd.Untold() -> find(id, caller);
    };
  }
}
