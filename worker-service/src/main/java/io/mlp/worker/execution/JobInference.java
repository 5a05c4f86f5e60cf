package io.mlp.worker.execution;

import io.mlp.job.Failure;
import io.mlp.job.Job;
import io.mlp.job.JobStatus;
import io.mlp.job.Prediction;
import io.mlp.job.store.ClaimedJob;
import io.mlp.tensor.Tensor;
import io.mlp.tensor.TensorSpec;
import io.mlp.worker.inference.InferenceOutcome;
import io.mlp.worker.inference.InferenceRequest;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.repository.LoadedModel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Translates between jobs and runs of a model. */
final class JobInference {
  private JobInference() {}

  /** Asks for what the job wants and for what its predictions need. */
  static InferenceRequest request(LoadedModel model, ClaimedJob job) {
    Set<String> outputs = new LinkedHashSet<>(job.content().options().outputs());
    if (outputs.isEmpty()) {
      model.onnx().signature().outputs().stream().map(TensorSpec::name).forEach(outputs::add);
    }
    outputs.addAll(model.predictionOutputs());
    return new InferenceRequest(job.content().inputs(), outputs);
  }

  static JobOutcome outcome(LoadedModel model, ClaimedJob job, InferenceOutcome.Answered answer) {
    return switch (answer) {
      case InferenceOutcome.Failed(Failure failure) -> new JobOutcome.Failed(job, failure);
      case InferenceOutcome.Succeeded(var outputs, var compute, var batchRows) ->
          new JobOutcome.Succeeded(
              job, requested(job, outputs), predictions(model, outputs), compute, batchRows, null);
    };
  }

  private static List<Tensor> requested(ClaimedJob job, List<Tensor> outputs) {
    Set<String> names = job.content().options().outputs();
    return names.isEmpty()
        ? outputs
        : outputs.stream().filter(output -> names.contains(output.name())).toList();
  }

  private static @Nullable List<Prediction> predictions(LoadedModel model, List<Tensor> outputs) {
    return model.predictions(outputs).orElse(null);
  }

  /** The job as clients see it from now on. */
  static Job finished(LoadedModel model, RecordedJob recorded) {
    ClaimedJob job = recorded.outcome().job();
    JobOutcome.@Nullable Succeeded succeeded =
        recorded.outcome() instanceof JobOutcome.Succeeded it ? it : null;
    return new Job(
        job.id(),
        job.owner(),
        model.name(),
        model.version(),
        model.onnx().digest(),
        succeeded != null ? JobStatus.SUCCEEDED : JobStatus.FAILED,
        job.priority(),
        job.attempts(),
        job.createdAt(),
        job.claimedAt(),
        recorded.completedAt(),
        recorded.expiresAt(),
        job.content().options(),
        succeeded != null ? succeeded.outputs() : null,
        succeeded != null ? succeeded.predictions() : null,
        recorded.outcome() instanceof JobOutcome.Failed failed ? failed.failure() : null,
        succeeded != null ? metrics(succeeded) : null);
  }

  private static Job.Metrics metrics(JobOutcome.Succeeded succeeded) {
    return new Job.Metrics(
        succeeded.job().queueTime().toNanos() / 1e6,
        succeeded.compute().toNanos() / 1e6,
        succeeded.batchRows(),
        succeeded.cache());
  }
}
