package io.mlp.job.store;

import io.mlp.job.JobContent;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that a worker holds the lease of.
 *
 * @param fence number of the claim; whatever is written for the job names it
 * @param attempts this one included
 * @param poisonCandidate whether a worker was lost with it before, so that it must run isolated
 */
public record ClaimedJob(
    UUID id,
    String owner,
    int fence,
    int attempts,
    int maxAttempts,
    boolean poisonCandidate,
    int priority,
    Instant createdAt,
    Instant claimedAt,
    @Nullable Instant deadline,
    JobContent content) {

  /** Whether the deadline has passed so long after the claim, by PostgreSQL's clock. */
  public boolean expiredAfter(Duration sinceClaim) {
    return deadline != null && !claimedAt.plus(sinceClaim).isBefore(deadline);
  }

  /** From acceptance to this claim. */
  public Duration queueTime() {
    return Duration.between(createdAt, claimedAt);
  }

  public Claim claim() {
    return new Claim(id, fence);
  }
}
