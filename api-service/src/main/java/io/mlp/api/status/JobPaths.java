package io.mlp.api.status;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.retention.RetentionSettings;
import io.mlp.job.JobIds;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The jobs that paths name: reads their ids, and says why one is not there. */
@Component
public class JobPaths {
  private final RetentionSettings retention;
  private final Clock clock;

  JobPaths(RetentionSettings retention, Clock clock) {
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * The id.
   *
   * @throws ProblemException 404 if the text is none
   */
  public UUID id(String text) {
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id;
      }
    } catch (IllegalArgumentException _) {
      // Not the form of an id, so there is no such job either.
    }
    throw unknown(text);
  }

  /**
   * What to answer when there is no row of that job: 404, or 410 if its id is so old that the job
   * may have been deleted.
   */
  public ProblemException absent(UUID id) {
    Instant kept = clock.instant().minus(retention.jobs());
    return JobIds.madeAt(id)
        .filter(madeAt -> madeAt.isBefore(kept))
        .map(JobPaths::gone)
        .orElseGet(() -> unknown(id.toString()));
  }

  private static ProblemException gone(Instant madeAt) {
    return ProblemException.of(
        ProblemType.JOB_GONE,
        "If there was such a job, it is of %s, and jobs of that age are deleted".formatted(madeAt));
  }

  private static ProblemException unknown(String id) {
    return ProblemException.of(ProblemType.JOB_NOT_FOUND, "There is no job " + id);
  }
}
