package io.mlp.worker.execution;

import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.inference.InferenceOutcome;
import io.mlp.worker.inference.MicroBatch;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.repository.LoadedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Runs a model for those jobs of a batch that are still in time. */
final class BatchInference {
  private final RunWatch watch;
  private final ExecutionMetrics metrics;
  private final ExecutionSpans spans;
  private final RunLog log;

  BatchInference(RunWatch watch, ExecutionMetrics metrics, ExecutionSpans spans, RunLog log) {
    this.watch = watch;
    this.metrics = metrics;
    this.spans = spans;
    this.log = log;
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
   * @param outputs bounds what the answers take
   * @param record takes answers that are too much to be held until the last of them is there
   * @return the others
   */
  Answers infer(
      LoadedModel model,
      List<ClaimedJob> jobs,
      Duration sinceClaim,
      OutputBudget.Share outputs,
      Consumer<Answers> record) {
    long start = System.nanoTime();
    List<ClaimedJob> inTime = new ArrayList<>(jobs.size());
    List<ClaimedJob> late = new ArrayList<>();
    for (ClaimedJob job : jobs) {
      (job.expiredAfter(sinceClaim) ? late : inTime).add(job);
    }
    Map<Integer, InferenceOutcome> held = new TreeMap<>();
    MicroBatch.run(
        model.onnx(),
        model.batching(),
        inTime.stream().map(job -> JobInference.request(model, job)).toList(),
        new ToldRuns(
            watch.over(model, inTime, outputs, metrics.runs(model)), model, inTime, spans, log),
        some -> {
          held.putAll(some);
          if (outputs.holdsMuch()) {
            record.accept(answers(model, inTime, held, Duration.ZERO));
            held.clear();
            outputs.giveBack();
          }
        });
    Answers rest = answers(model, inTime, held, Duration.ofNanos(System.nanoTime() - start));
    rest.unanswered.addAll(late);
    return rest;
  }

  /** In the order of the jobs. */
  private static Answers answers(
      LoadedModel model,
      List<ClaimedJob> jobs,
      Map<Integer, InferenceOutcome> outcomes,
      Duration computing) {
    Answers answers = new Answers(new ArrayList<>(outcomes.size()), new ArrayList<>(), computing);
    outcomes.forEach((request, outcome) -> {
      ClaimedJob job = jobs.get(request);
      if (outcome instanceof InferenceOutcome.Answered answered) {
        answers.outcomes.add(JobInference.outcome(model, job, answered));
      } else {
        answers.unanswered.add(job);
      }
    });
    return answers;
  }
}
