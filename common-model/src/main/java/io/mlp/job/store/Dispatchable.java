package io.mlp.job.store;

import io.mlp.job.WaitingJob;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/**
 * A job that waits and is to get a ticket.
 *
 * @param poisonCandidate whether it is a poison candidate
 */
public record Dispatchable(WaitingJob job, boolean poisonCandidate) {
  static Dispatchable of(ResultSet row) throws SQLException {
    return new Dispatchable(waiting(row), row.getBoolean("poison_candidate"));
  }

  static WaitingJob waiting(ResultSet row) throws SQLException {
    return new WaitingJob(
        Columns.id(row, "job_id"),
        row.getInt("fence"),
        row.getInt("input_bytes"),
        null,
        Columns.trace(row));
  }

  public UUID id() {
    return job.id();
  }
}
