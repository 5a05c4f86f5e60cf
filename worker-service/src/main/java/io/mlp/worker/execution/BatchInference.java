package io.mlp.worker.execution;

import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.inference.InferenceOutcome;
import io.mlp.worker.inference.InferenceRequest;
import io.mlp.worker.inference.MicroBatch;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.repository.LoadedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs a model for those jobs of a batch that are still in time. */
final class BatchInference {
  private final RunWatch watch;
  private final ExecutionMetrics metrics;

  BatchInference(RunWatch watch, ExecutionMetrics metrics) {
    this.watch = watch;
    this.metrics = metrics;
  }

  /**
   * What became of a batch.
   *
   * @param unanswered jobs that nothing was found out about: too late, no longer wanted, or ended
   *     because the worker stops
   * @param computing what finding out took
   */
  record Answers(List<JobOutcome> outcomes, List<ClaimedJob> unanswered, Duration computing) {
    Answers() {
      this(new ArrayList<>(), new ArrayList<>(), Duration.ZERO);
    }
  }

  /**
   * Runs the model on the calling thread.
   *
   * @param sinceClaim how long the batch has waited for its turn
   */
  Answers infer(LoadedModel model, List<ClaimedJob> jobs, Duration sinceClaim) {
    long start = System.nanoTime();
    List<ClaimedJob> inTime = new ArrayList<>(jobs.size());
    List<ClaimedJob> late = new ArrayList<>();
    for (ClaimedJob job : jobs) {
      (job.expiredAfter(sinceClaim) ? late : inTime).add(job);
    }
    List<InferenceRequest> requests =
        inTime.stream().map(job -> JobInference.request(model, job)).toList();
    List<InferenceOutcome> outcomes =
        MicroBatch.run(
            model.onnx(),
            model.batching(),
            requests,
            watch.over(model, inTime, metrics.runs(model)));
    Duration computing = Duration.ofNanos(System.nanoTime() - start);
    Answers answers = new Answers(new ArrayList<>(inTime.size()), late, computing);
    for (int i = 0; i < inTime.size(); i++) {
      add(model, inTime.get(i), outcomes.get(i), answers);
    }
    return answers;
  }

  private static void add(
      LoadedModel model, ClaimedJob job, InferenceOutcome outcome, Answers answers) {
    if (outcome instanceof InferenceOutcome.Answered answered) {
      answers.outcomes.add(JobInference.outcome(model, job, answered));
    } else {
      answers.unanswered.add(job);
    }
  }
}
