package io.mlp.worker.repository;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.model.Batching;
import io.mlp.tensor.Tensor;
import io.mlp.worker.inference.InferenceOutcome;
import io.mlp.worker.inference.InferenceOutcome.Failed;
import io.mlp.worker.inference.InferenceOutcome.Succeeded;
import io.mlp.worker.inference.InferenceOutcome.Unanswered;
import io.mlp.worker.inference.InferenceRequest;
import io.mlp.worker.inference.MicroBatch;
import io.mlp.worker.inference.ModelRefused;
import io.mlp.worker.inference.OnnxModel;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a model once before it is served, so that its first job finds it warm: on its example, which
 * must succeed, or on zeros, which need not: many a model wants more than one row or larger
 * dimensions, and is served all the same. A run that takes longer than it may is refused in both
 * cases.
 */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  private static final long MOST_BYTES = 64 << 20;

  private final ModelVersion version;
  private final OnnxModel model;
  private final Batching batching;
  private final LoadLimit limit;

  WarmUp(ModelVersion version, OnnxModel model, ModelDescription description, LoadLimit limit) {
    this.version = version;
    this.model = model;
    this.batching =
        description.batched().orElse(false)
            ? Batching.declared(description.maxBatchSize())
            : Batching.off("nobody has tried it yet");
    this.limit = limit;
  }

  /**
   * What zeros may take: they lie on the heap and, for the run, outside of it once more, and an
   * answer that is as large does so, too. With a sixteenth of the heap that is an eighth of it.
   */
  private static long mostBytes() {
    return Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / 16);
  }

  /**
   * @throws ModelRefused if the example does not fit or its run fails
   */
  void onExample(String json) throws ModelRefused {
    Optional<Failure> failure = run(ExampleInputs.parse(json, model.signature()));
    if (failure.isPresent()) {
      throw new ModelRefused("example: the first run failed: " + failure.get().detail());
    }
  }

  /**
   * @throws ModelRefused if the run does not end in time
   */
  void onZeros() throws ModelRefused {
    double bytes = ExampleInputs.bytesOfZeros(model.signature());
    if (bytes > mostBytes()) {
      warn("its inputs take %.0f MB".formatted(bytes / (1 << 20)));
      return;
    }
    Optional<Failure> failure = run(ExampleInputs.zeros(model.signature()));
    if (failure.isPresent() && failure.get().kind() == FailureKind.TIMEOUT) {
      throw new ModelRefused(
          "the first run failed: %s; an example in %s may do better than zeros"
              .formatted(failure.get().detail(), ModelYaml.FILE_NAME));
    }
    failure.ifPresent(why -> warn("zeros do not suit it: " + why.detail()));
  }

  private void warn(String why) {
    LOG.warn(
        "{} is served without a first run because {}; an example in {} warms it",
        version,
        why,
        ModelYaml.FILE_NAME);
  }

  /** Runs the model as a job would. */
  private Optional<Failure> run(List<Tensor> inputs) throws ModelRefused {
    InferenceRequest request = new InferenceRequest(inputs, Set.of());
    InferenceOutcome outcome = MicroBatch.run(model, batching, List.of(request), limit).getFirst();
    return switch (outcome) {
      case Succeeded _ -> Optional.empty();
      case Failed(Failure failure) -> Optional.of(failure);
      case Unanswered _ -> throw new ModelRefused("the first run was ended because nobody waits");
    };
  }
}
