package io.mlp.job;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job that waits under a fence.
 *
 * @param inputBytes size of its inputs as they are stored; 0 where that is not known
 * @param known null where it has to be read from the database
 * @param trace for who sends its ticket; null for most jobs, and in a ticket that has come, which
 *     has it among the options of what is known
 */
public record WaitingJob(
    UUID id, int fence, int inputBytes, @Nullable Known known, @Nullable TraceContext trace) {

  /** Without a trace. */
  public WaitingJob(UUID id, int fence, int inputBytes, @Nullable Known known) {
    this(id, fence, inputBytes, known, null);
  }

  /**
   * What never changes of a job.
   *
   * @param createdAt by the database's clock
   */
  public record Known(Instant createdAt, JobContent content) {}
}
