package io.mlp.worker.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlp.job.CacheResult;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.Job;
import io.mlp.job.JobStatus;
import io.mlp.job.Prediction;
import io.mlp.job.store.ClaimedJob;
import io.mlp.model.Batching;
import io.mlp.tensor.Tensor;
import io.mlp.worker.ShippedModels;
import io.mlp.worker.inference.InferenceOutcome;
import io.mlp.worker.inference.InferenceRequest;
import io.mlp.worker.inference.MicroBatch;
import io.mlp.worker.job.FakeJobs;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.job.TestJobs;
import io.mlp.worker.repository.LoadedModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobInferenceTest {
  private final LoadedModel iris = ShippedModels.iris();

  @Test
  void asksForAllOutputs_whenTheJobNamesNone() {
    assertThat(JobInference.request(iris, TestJobs.versicolor()).outputs())
        .containsExactly("label", "probabilities");
  }

  /** A prediction needs both, whatever the job wants to see. */
  @Test
  void asksAlsoForWhatThePredictionsNeed() {
    InferenceRequest request = JobInference.request(iris, TestJobs.versicolor("label"));

    assertThat(request.outputs()).containsExactlyInAnyOrder("label", "probabilities");
  }

  @Test
  void showsOnlyTheOutputsThatTheJobNames() {
    assertThat(succeeded(TestJobs.versicolor("probabilities")).outputs())
        .extracting(Tensor::name)
        .containsExactly("probabilities");
    assertThat(succeeded(TestJobs.versicolor()).outputs())
        .extracting(Tensor::name)
        .containsExactly("label", "probabilities");
  }

  @Test
  void predictsInTheWordsOfTheLabels() {
    assertThat(succeeded(TestJobs.versicolor("label")).predictions())
        .singleElement()
        .satisfies(prediction -> {
          assertThat(prediction.label()).isEqualTo("versicolor");
          assertThat(prediction.score()).isBetween(0.5, 1.0);
        });
  }

  @Test
  void predictsNothing_whenTheModelHasNoLabels() {
    LoadedModel diabetes = ShippedModels.diabetes();
    InferenceOutcome.Answered answer =
        new InferenceOutcome.Succeeded(List.of(), Duration.ofMillis(1), 1);

    assertThat(JobInference.outcome(diabetes, TestJobs.versicolor(), answer))
        .isInstanceOfSatisfying(
            JobOutcome.Succeeded.class, outcome -> assertThat(outcome.predictions()).isNull());
  }

  @Test
  void finishedJobTellsHowItWent() {
    ClaimedJob claimed = TestJobs.versicolor();
    List<Prediction> predictions = List.of(new Prediction("versicolor", 0.9));
    JobOutcome outcome =
        new JobOutcome.Succeeded(
            claimed, List.of(), predictions, Duration.ofNanos(1_500_000), 16, CacheResult.MISS);

    Job job = JobInference.finished(iris, recorded(outcome));

    assertThat(job)
        .isEqualTo(
            new Job(
                claimed.id(),
                "vision",
                "iris",
                iris.version(),
                iris.onnx().digest(),
                JobStatus.SUCCEEDED,
                4,
                1,
                TestJobs.CREATED,
                TestJobs.CLAIMED,
                FakeJobs.COMPLETED,
                FakeJobs.EXPIRES,
                claimed.content().options(),
                List.of(),
                predictions,
                null,
                new Job.Metrics(250.0, 1.5, 16, CacheResult.MISS)));
  }

  @Test
  void failedJobTellsWhyAndNothingElse() {
    Failure failure = new Failure(FailureKind.MODEL_ERROR, "divided by zero");

    Job job =
        JobInference.finished(
            iris, recorded(new JobOutcome.Failed(TestJobs.versicolor(), failure)));

    assertThat(job.status()).isEqualTo(JobStatus.FAILED);
    assertThat(job.failure()).isEqualTo(failure);
    assertThat(job.outputs()).isNull();
    assertThat(job.predictions()).isNull();
    assertThat(job.metrics()).isNull();
    assertThat(job.completedAt()).isEqualTo(FakeJobs.COMPLETED);
  }

  private JobOutcome.Succeeded succeeded(ClaimedJob job) {
    InferenceOutcome answer =
        MicroBatch.run(iris.onnx(), Batching.declared(8), List.of(JobInference.request(iris, job)))
            .getFirst();
    return (JobOutcome.Succeeded)
        JobInference.outcome(iris, job, (InferenceOutcome.Answered) answer);
  }

  private static RecordedJob recorded(JobOutcome outcome) {
    return new RecordedJob(outcome, FakeJobs.COMPLETED, FakeJobs.EXPIRES);
  }
}
