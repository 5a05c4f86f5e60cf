package io.mlp.api.status;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Where jobs that have ended are found. */
interface FinishedJobSource {
  /** Those of the given jobs that have ended. */
  Map<UUID, JobEnd> find(List<UUID> jobIds);
}
