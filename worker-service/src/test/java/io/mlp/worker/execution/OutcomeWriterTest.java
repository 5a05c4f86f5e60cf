package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mlp.cache.FakeContentCache;
import io.mlp.job.store.ClaimedJob;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorShape;
import io.mlp.tensor.TensorType;
import io.mlp.worker.ShippedModels;
import io.mlp.worker.job.FakeJobs;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.TestJobs;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.result.FakeAnnouncer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OutcomeWriterTest {
  private static final int MEBIBYTE = 1 << 20;

  private final LoadedModel iris = ShippedModels.iris();
  private final FakeJobs jobs = new FakeJobs();
  private final ExecutionMetrics metrics = new ExecutionMetrics(new SimpleMeterRegistry());
  private final OutcomeWriter writer =
      new OutcomeWriter(jobs.jobs(), new FakeAnnouncer(), metrics, Unheard.log());

  /** The database would take them, but not before the connection gives up. */
  @Test
  void bringsNoMoreThanAStatementMay_butALargeOneAlone() {
    List<ClaimedJob> claimed = Stream.generate(TestJobs::versicolor).limit(5).toList();
    jobs.waiting(claimed.toArray(ClaimedJob[]::new));
    BatchInference.Answers answers = new BatchInference.Answers();
    int[] mebibytes = {3, 5, 1, 20, 1};
    for (int i = 0; i < mebibytes.length; i++) {
      answers.outcomes().add(outcome(claimed.get(i), mebibytes[i]));
    }

    writer.write(
        iris,
        EqualJobs.of(iris, claimed, new FakeContentCache()),
        answers,
        new RetryUntilAvailable(() -> true));

    assertThat(jobs.statements()).containsExactly(2, 1, 1, 1);
    assertThat(jobs.recorded()).hasSize(5);
  }

  private static JobOutcome outcome(ClaimedJob job, int mebibytes) {
    Tensor output =
        new Tensor(
            "out",
            TensorType.UINT8,
            TensorShape.of(1, (long) mebibytes * MEBIBYTE),
            ByteBuffer.allocate(mebibytes * MEBIBYTE));
    return new JobOutcome.Succeeded(job, List.of(output), null, Duration.ZERO, 1, null);
  }
}
