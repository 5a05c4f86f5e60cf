package io.mlp.api.submission.validation;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.job.JobContent;
import io.mlp.job.JobIds;
import io.mlp.job.JobOptions;
import io.mlp.job.store.Submission;
import java.util.List;

/** Jobs that have passed every check. */
public final class TestJobs {
  private static final CataloguedVersion PIXELS =
      TestModels.catalogue().version("pixels", 2).orElseThrow();

  private TestJobs() {}

  public static NewJob job() {
    return new NewJob(
        PIXELS,
        new Submission(
            JobIds.next(),
            PIXELS.id(),
            true,
            "anonymous",
            new JobContent(List.of(), JobOptions.NONE),
            4,
            null,
            3,
            null,
            null,
            null));
  }
}
