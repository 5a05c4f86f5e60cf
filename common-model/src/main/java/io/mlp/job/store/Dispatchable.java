package io.mlp.job.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/**
 * A job that waits and is to get a ticket.
 *
 * @param poisonCandidate whether it is a poison candidate
 */
public record Dispatchable(UUID id, int fence, boolean poisonCandidate) {
  static Dispatchable of(ResultSet row) throws SQLException {
    return new Dispatchable(
        Columns.id(row, "job_id"), row.getInt("fence"), row.getBoolean("poison_candidate"));
  }
}
