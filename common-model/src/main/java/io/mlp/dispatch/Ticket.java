package io.mlp.dispatch;

import io.mlp.job.WaitingJob;
import java.util.List;

/**
 * Names jobs of a model version that a worker may claim, each under the fence that it waits with. A
 * job that has moved on since then has another fence, so an old, doubled or redelivered ticket
 * claims nothing.
 *
 * @param modelVersionId key of the row in {@code model_version}
 * @param isolated whether its one job is a poison candidate, which runs with nothing beside it
 * @param jobs 1 to {@value #MOST_JOBS}
 */
public record Ticket(int modelVersionId, boolean isolated, List<WaitingJob> jobs) {
  /** So that a ticket stays small and a worker's hand is bounded. */
  public static final int MOST_JOBS = 64;

  public Ticket {
    if (modelVersionId < 1) {
      throw new IllegalArgumentException("ticket: no model version");
    }
    if (jobs.isEmpty() || jobs.size() > MOST_JOBS) {
      throw new IllegalArgumentException(
          "ticket jobs: %d (expected: 1 to %d)".formatted(jobs.size(), MOST_JOBS));
    }
    if (isolated && jobs.size() > 1) {
      throw new IllegalArgumentException("ticket jobs: a poison candidate comes alone");
    }
    jobs = List.copyOf(jobs);
  }
}
