package io.mlp.api.idempotency;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Looks up the jobs that keys stand for; they are written by the statement that stores the job. */
@Component
public class IdempotencyKeys {
  private static final String FIND =
      """
      select job_id, encode(fingerprint, 'hex') as fingerprint from idempotency_key
      where owner = :owner and key = :name
      """;

  private final JdbcClient jdbc;

  IdempotencyKeys(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record Use(UUID jobId, String fingerprint) {}

  /**
   * The job that was submitted under the key; empty if none was, or so long ago that the key is
   * forgotten.
   *
   * @throws ProblemException 422 if it was submitted with another body
   */
  public Optional<UUID> find(IdempotencyKey key) {
    Optional<Use> use =
        jdbc.sql(FIND)
            .param("owner", key.owner())
            .param("name", key.name())
            .query((row, _) ->
                new Use(row.getObject("job_id", UUID.class), row.getString("fingerprint")))
            .optional();
    if (use.isPresent() && !use.get().fingerprint.equals(key.fingerprint())) {
      throw ProblemException.at(
          ProblemType.IDEMPOTENCY_KEY_REUSED,
          IdempotencyKey.HEADER,
          "This key stands for the job %s, which was submitted with another body"
              .formatted(use.get().jobId));
    }
    return use.map(Use::jobId);
  }
}
