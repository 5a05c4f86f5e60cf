package io.mlp.worker.trial;

import io.mlp.model.Batching;
import io.mlp.tensor.Tensor;
import io.mlp.worker.inference.InferenceOutcome;
import io.mlp.worker.inference.InferenceOutcome.Answered;
import io.mlp.worker.inference.InferenceOutcome.Unanswered;
import io.mlp.worker.inference.InferenceRequest;
import io.mlp.worker.inference.MicroBatch;
import io.mlp.worker.inference.OnnxModel;
import io.mlp.worker.inference.RunObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;

/** Runs a model once, just as it is told, for all its outputs. */
@FunctionalInterface
public interface TrialRuns {
  /**
   * What the model answers.
   *
   * @throws CancellationException if nobody wants to know any more
   */
  Answered run(List<Tensor> inputs);

  /**
   * Runs of that model.
   *
   * @param observer may end each
   */
  static TrialRuns of(OnnxModel model, RunObserver observer) {
    Batching asItIs = Batching.off("it is being tried");
    return inputs -> {
      InferenceRequest request = new InferenceRequest(inputs, Set.of());
      InferenceOutcome outcome =
          MicroBatch.run(model, asItIs, List.of(request), observer).getFirst();
      return switch (outcome) {
        case Answered answered -> answered;
        case Unanswered _ -> throw new CancellationException("nobody waits for the trial");
      };
    };
  }
}
