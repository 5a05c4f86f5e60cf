package io.mlp.api.submission;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.job.CachePolicy;
import io.mlp.job.JobIds;
import java.util.List;
import java.util.Map;

/** Jobs that have passed every check. */
final class TestJobs {
  private static final CataloguedVersion PIXELS =
      TestModels.catalogue().version("pixels", 2).orElseThrow();

  private TestJobs() {}

  static NewJob job() {
    return new NewJob(
        JobIds.next(),
        PIXELS,
        true,
        "anonymous",
        List.of(),
        null,
        4,
        3,
        null,
        Map.of(),
        CachePolicy.BYPASS,
        null,
        null);
  }
}
