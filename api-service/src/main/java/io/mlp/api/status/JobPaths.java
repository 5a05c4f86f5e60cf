package io.mlp.api.status;

import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The jobs that paths name: reads their ids, and says why one is not there. */
@Component
public class JobPaths {
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

  /** What to answer when there is no row of that job. */
  public ProblemException absent(UUID id) {
    return unknown(id.toString());
  }

  private static ProblemException unknown(String id) {
    return ProblemException.of(ProblemType.JOB_NOT_FOUND, "There is no job " + id);
  }
}
