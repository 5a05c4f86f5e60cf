package io.mlp.api.status;

import io.mlp.cache.FinishedJobCache;
import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.store.StoredJobs;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
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

  /**
   * A job's JSON.
   *
   * @param finished whether it has ended; all but a success may be retried and then is no end
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Found(byte[] json, boolean finished) {
    private static final int ETAG_BYTES = 16;

    private static Found of(Job job) {
      return new Found(JobJson.write(job), job.status().terminal());
    }

    /** Of the JSON itself: a job that failed, was retried and failed again has another. */
    String etag() {
      byte[] digest = sha256().digest(json);
      return "\"" + HexFormat.of().formatHex(Arrays.copyOf(digest, ETAG_BYTES)) + "\"";
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new LinkageError("every Java has SHA-256", e);
      }
    }
  }

  /** The job as PostgreSQL has it now; empty if there is none. */
  public Optional<Found> find(UUID id) {
    return store.find(id).map(Found::of);
  }

  /** The job, once it has ended or the time has passed; empty if there is none. */
  public Optional<Found> find(UUID id, Optional<Duration> wait) {
    byte[] cached = cache.find(List.of(id)).get(id);
    if (cached != null) {
      return Optional.of(new Found(cached, true));
    }
    if (wait.isEmpty()) {
      return find(id);
    }
    // Registered before the database is read, so that no announcement is missed.
    try (Waiters.Waiter waiter = waiters.register(id)) {
      Optional<Found> found = find(id);
      if (found.isEmpty() || found.get().finished()) {
        return found;
      }
      return waiter.await(wait.get()).map(json -> new Found(json, true)).or(() -> find(id));
    }
  }
}
