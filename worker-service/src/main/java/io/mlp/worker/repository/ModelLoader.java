package io.mlp.worker.repository;

import io.mlp.job.Failure;
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
import io.mlp.worker.trial.RowTrials;
import io.mlp.worker.trial.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Loads one version and runs it once, so that its first job finds it warm. */
final class ModelLoader {
  private final int intraOpThreads;
  private final RowTrials trials;

  ModelLoader(int intraOpThreads, RowTrials trials) {
    this.intraOpThreads = intraOpThreads;
    this.trials = trials;
  }

  /**
   * @throws ModelRefused with a reason that begins with the file at fault
   */
  LoadedModel load(String name, int version, Path file, ModelDescription description)
      throws ModelRefused {
    String shownFile = "%s/%d/%s".formatted(name, version, file.getFileName());
    String shownYaml = name + "/" + ModelYaml.FILE_NAME;
    OnnxModel onnx = at(shownFile, () -> OnnxModel.load(file, intraOpThreads));
    try {
      Labels labels =
          at(shownYaml, () -> Labels.of(description.labels(), onnx.classes(), onnx.signature()));
      Verdict verdict = at(shownYaml, () -> verdict(onnx, description));
      LoadedModel model = new LoadedModel(name, version, onnx, description, labels, verdict);
      if (description.exampleJson().isPresent()) {
        at(shownYaml, () -> warmWithExample(model, description.exampleJson().get()));
      } else {
        at(shownFile, () -> warmWithZeros(model));
      }
      return model;
    } catch (ModelRefused | RuntimeException | Error e) {
      onnx.close();
      throw e;
    }
  }

  /** The operator's word counts without a trial. */
  private Verdict verdict(OnnxModel onnx, ModelDescription description) throws ModelRefused {
    if (description.batched().isEmpty()) {
      List<Tensor> example =
          description.exampleJson().isPresent()
              ? ExampleInputs.parse(description.exampleJson().get(), onnx.signature())
              : List.of();
      return trials.verdict(
          onnx,
          description.maxBatchSize(),
          example,
          intraOpThreads,
          inputs -> onnx.run(inputs, Set.of()));
    }
    boolean repeatable = onnx.randomness().isEmpty();
    if (!description.batched().get()) {
      return new Verdict(Batching.off(ModelYaml.FILE_NAME + " says so"), repeatable);
    }
    Optional<String> why = onnx.signature().whyNotBatched();
    if (why.isPresent()) {
      throw new ModelRefused("batching: true, but " + why.get());
    }
    return new Verdict(Batching.declared(description.maxBatchSize()), repeatable);
  }

  private static LoadedModel warmWithExample(LoadedModel model, String json) throws ModelRefused {
    Optional<Failure> failure = warm(model, ExampleInputs.parse(json, model.onnx().signature()));
    if (failure.isPresent()) {
      throw new ModelRefused("example: the first run failed: " + failure.get().detail());
    }
    return model;
  }

  private static LoadedModel warmWithZeros(LoadedModel model) throws ModelRefused {
    Optional<Failure> failure = warm(model, ExampleInputs.zeros(model.onnx().signature()));
    if (failure.isPresent()) {
      throw new ModelRefused(
          "the first run failed: %s; an example in %s may do better than zeros"
              .formatted(failure.get().detail(), ModelYaml.FILE_NAME));
    }
    return model;
  }

  /** Runs the model as a job would, so that one that cannot split its answer is told now. */
  private static Optional<Failure> warm(LoadedModel model, List<Tensor> inputs) {
    InferenceRequest request = new InferenceRequest(inputs, Set.of());
    InferenceOutcome outcome =
        MicroBatch.run(model.onnx(), model.batching(), List.of(request)).getFirst();
    return switch (outcome) {
      case Succeeded _ -> Optional.empty();
      case Failed(Failure failure) -> Optional.of(failure);
      case Unanswered _ -> throw new IllegalStateException("nobody ends the first run");
    };
  }

  private interface Step<T> {
    T take() throws ModelRefused;
  }

  private static <T> T at(String where, Step<T> step) throws ModelRefused {
    try {
      return step.take();
    } catch (ModelRefused e) {
      throw new ModelRefused(where + ": " + e.reason(), e);
    }
  }
}
