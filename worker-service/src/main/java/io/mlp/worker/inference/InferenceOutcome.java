package io.mlp.worker.inference;

import io.mlp.job.Failure;
import io.mlp.tensor.Tensor;
import java.time.Duration;
import java.util.List;

/** What became of one request of a micro-batch. */
public sealed interface InferenceOutcome {

  /** It is known whether the model can answer. */
  sealed interface Answered extends InferenceOutcome {}

  /**
   * The model answered.
   *
   * @param outputs the outputs asked for, in the order in which the model declares them; they may
   *     share memory with those of the batch's other requests
   * @param compute inside the model, for the whole run that the request shared; the sum of its runs
   *     if it took several
   * @param batchRows rows of all requests that shared the run; of its largest run if it took
   *     several; 1 if the model is not batched
   */
  record Succeeded(List<Tensor> outputs, Duration compute, int batchRows) implements Answered {}

  /** The model cannot answer this request, also when it stands alone. */
  record Failed(Failure failure) implements Answered {}

  /**
   * Whether the model can answer was not found out: the run was abandoned, or too many runs of the
   * batch had taken too long before.
   */
  record Unanswered() implements InferenceOutcome {}
}
