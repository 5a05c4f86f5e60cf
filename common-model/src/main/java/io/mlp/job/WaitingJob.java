package io.mlp.job;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that waits under a fence.
 *
 * @param known null where it has to be read from the database
 */
public record WaitingJob(UUID id, int fence, @Nullable Known known) {
  /**
   * What never changes of a job.
   *
   * @param createdAt by the database's clock
   */
  public record Known(Instant createdAt, JobContent content) {}
}
