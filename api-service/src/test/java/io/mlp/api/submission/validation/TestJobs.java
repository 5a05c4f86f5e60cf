package io.mlp.api.submission.validation;

import io.mlp.api.model.CataloguedVersion;
import io.mlp.job.JobContent;
import io.mlp.job.JobIds;
import io.mlp.job.JobOptions;
import io.mlp.job.store.Submission;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.List;

/** Jobs that have passed every check. */
public final class TestJobs {
  private static final CataloguedVersion PIXELS =
      TestModels.catalogue().version("pixels", 2).orElseThrow();

  private TestJobs() {}

  public static NewJob job() {
    return of(List.of());
  }

  /** A job of so many bytes. */
  public static NewJob job(int bytes) {
    TensorShape shape = TensorShape.of(bytes);
    return of(List.of(new Tensor("x", TensorType.UINT8, shape, ByteBuffer.allocate(bytes))));
  }

  private static NewJob of(List<Tensor> inputs) {
    return new NewJob(
        PIXELS,
        new Submission(
            JobIds.next(),
            PIXELS.id(),
            true,
            "vision",
            "mlp_Test0001",
            new JobContent(inputs, JobOptions.NONE),
            4,
            null,
            3,
            null,
            null,
            null));
  }
}
