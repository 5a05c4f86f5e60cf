package io.mlp.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a job stands. The moves between the states are the table {@link JobMove}. */
public enum JobStatus {
  /** Accepted and waiting for a worker, for the first time or again. */
  QUEUED,
  /** Claimed by a worker that holds its lease. */
  RUNNING,
  /** Ended with outputs. */
  SUCCEEDED,
  /** Ended without outputs; the job tells a {@link FailureKind} and a reason. */
  FAILED,
  /** Ended on its client's wish. */
  CANCELED,
  /** Ended because its deadline passed first. */
  EXPIRED;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The name on the wire and in the database. */
  public String text() {
    return text;
  }

  public boolean terminal() {
    return this != QUEUED && this != RUNNING;
  }

  /** Whether some {@link JobMove} leads from here to there. */
  public boolean canMoveTo(JobStatus next) {
    return Arrays.stream(JobMove.values())
        .anyMatch(move -> move.from() == this && move.to() == next);
  }

  public static Optional<JobStatus> of(String text) {
    return Arrays.stream(values()).filter(status -> status.text.equals(text)).findFirst();
  }
}
