package io.mlp.api.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.Job;
import io.mlp.job.JobJson;
import io.mlp.job.JobOptions;
import io.mlp.job.JobStatus;
import io.mlp.job.Prediction;
import io.mlp.job.store.FoundJob;
import io.mlp.job.store.LargeOutputs;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What tells one state of a job from another, however its outputs are kept. */
class JobAnswerTest {
  private static final UUID ID = UUID.fromString("01938f8e-7c00-7abc-8def-0123456789ab");
  private static final Instant ENDED = Instant.parse("2026-11-24T08:00:01Z");
  private static final List<Tensor> OUTPUTS =
      List.of(
          new Tensor("y", TensorType.BOOL, TensorShape.of(2), ByteBuffer.wrap(new byte[] {1, 0})));

  @Test
  void tagIsTheSame_whereverTheOutputsAre() {
    List<Prediction> predictions = List.of(new Prediction("yes", null));
    JobAnswer whole = JobAnswer.of(new FoundJob(succeeded(1, OUTPUTS, predictions), null));
    JobAnswer large =
        JobAnswer.of(new FoundJob(succeeded(1, null, null), new LargeOutputs(ID, ENDED, 1 << 20)));
    JobAnswer cached = new JobAnswer.Whole(JobJson.write(succeeded(1, OUTPUTS, predictions)), true);

    assertThat(large).isInstanceOf(JobAnswer.Large.class);
    assertThat(List.of(large.etag(), cached.etag())).containsOnly(whole.etag());
    assertThat(whole.etag()).matches("\"[0-9a-f]{32}\"");
  }

  @Test
  void tagIsAnother_onceTheFactsAre() {
    JobAnswer first = JobAnswer.of(new FoundJob(succeeded(1, OUTPUTS, null), null));
    JobAnswer second = JobAnswer.of(new FoundJob(succeeded(2, OUTPUTS, null), null));

    assertThat(second.etag()).isNotEqualTo(first.etag());
    assertThat(new JobAnswer.Whole("{\"a\":1}".getBytes(UTF_8), false).etag())
        .isNotEqualTo(new JobAnswer.Whole("{\"a\":2}".getBytes(UTF_8), false).etag());
  }

  private static Job succeeded(
      int attempts, @Nullable List<Tensor> outputs, @Nullable List<Prediction> predictions) {
    return new Job(
        ID,
        "vision",
        "digits",
        2,
        "9f",
        JobStatus.SUCCEEDED,
        4,
        attempts,
        Instant.EPOCH,
        Instant.EPOCH,
        ENDED,
        null,
        JobOptions.NONE,
        outputs,
        predictions,
        null,
        new Job.Metrics(1.5, 0.25, 1, null));
  }
}
