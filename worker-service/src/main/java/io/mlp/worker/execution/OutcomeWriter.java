package io.mlp.worker.execution;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.DatabaseFailures;
import io.mlp.tensor.Tensor;
import io.mlp.worker.execution.BatchInference.Answers;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.job.WorkerJobs;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.result.FinishedJobAnnouncer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.stereotype.Component;

/** Writes down what became of a batch, and tells who waits for it. */
@Component
class OutcomeWriter {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeWriter.class);

  /** Of outputs in one statement: what a busy database takes within a socket's timeout. */
  private static final long MOST_BYTES = 8 << 20;

  private final WorkerJobs jobs;
  private final FinishedJobAnnouncer announcer;
  private final ExecutionMetrics metrics;
  private final RunLog log;

  OutcomeWriter(
      WorkerJobs jobs, FinishedJobAnnouncer announcer, ExecutionMetrics metrics, RunLog log) {
    this.jobs = jobs;
    this.announcer = announcer;
    this.metrics = metrics;
    this.log = log;
  }

  /**
   * Queues again what may succeed another time, and gives back what got no answer; everything else
   * is recorded and announced.
   *
   * @param answers what became of each job of the batch
   */
  void write(LoadedModel model, EqualJobs equal, Answers answers, RetryUntilAvailable retry) {
    List<JobOutcome> ended = new ArrayList<>(answers.outcomes().size());
    for (JobOutcome outcome : answers.outcomes()) {
      if (outcome instanceof JobOutcome.Failed failed && failed.retried()) {
        requeue(model, failed, retry);
      } else {
        ended.add(outcome);
      }
    }
    for (List<JobOutcome> part : parts(ended)) {
      end(model, equal, part, retry);
    }
    if (!answers.unanswered().isEmpty()) {
      release(model, answers.unanswered(), retry);
    }
  }

  /** In their order, each of as many as one statement may bring; a large one is its own. */
  private static List<List<JobOutcome>> parts(List<JobOutcome> outcomes) {
    List<List<JobOutcome>> parts = new ArrayList<>();
    long room = 0;
    for (JobOutcome outcome : outcomes) {
      long bytes = bytes(outcome);
      if (parts.isEmpty() || bytes > room) {
        parts.add(new ArrayList<>());
        room = MOST_BYTES;
      }
      parts.getLast().add(outcome);
      room -= bytes;
    }
    return parts;
  }

  private static long bytes(JobOutcome outcome) {
    return outcome instanceof JobOutcome.Succeeded it
        ? it.outputs().stream().mapToLong(Tensor::byteSize).sum()
        : 0;
  }

  private void requeue(LoadedModel model, JobOutcome.Failed failed, RetryUntilAvailable retry) {
    Boolean queued = retry.get(() -> jobs.requeue(failed));
    if (Boolean.TRUE.equals(queued)) {
      metrics.requeued(model, failed);
      log.requeued(model, failed);
    } else if (queued != null) {
      metrics.late(1);
    }
  }

  private void release(LoadedModel model, List<ClaimedJob> unanswered, RetryUntilAvailable retry) {
    Integer released = retry.get(() -> jobs.release(unanswered));
    if (released != null) {
      metrics.released(model, released);
      metrics.late(unanswered.size() - released);
    }
  }

  private void end(
      LoadedModel model, EqualJobs equal, List<JobOutcome> outcomes, RetryUntilAvailable retry) {
    List<RecordedJob> recorded = retry.get(() -> record(model, outcomes));
    if (recorded != null) {
      announcer.announce(
          recorded.stream().map(job -> JobInference.finished(model, job)).toList(),
          equal.toKeep(recorded));
      metrics.recorded(model, recorded);
      log.recorded(model, recorded);
      metrics.late(outcomes.size() - recorded.size());
    }
  }

  /** Records all at once; if the database refuses one of them, each alone. */
  private List<RecordedJob> record(LoadedModel model, List<JobOutcome> outcomes) {
    try {
      return jobs.record(outcomes, model.onnx().digest());
    } catch (NonTransientDataAccessException e) {
      if (DatabaseFailures.isTransient(e)) {
        throw e;
      }
      LOG.error("The database refuses an outcome of {} jobs", outcomes.size(), e);
      return outcomes.size() > 1
          ? outcomes.stream().flatMap(one -> record(model, List.of(one)).stream()).toList()
          : jobs.record(List.of(unstorable(outcomes.getFirst())), model.onnx().digest());
    }
  }

  private static JobOutcome unstorable(JobOutcome outcome) {
    String detail = "The database refused what the model answered";
    return new JobOutcome.Failed(outcome.job(), new Failure(FailureKind.MODEL_ERROR, detail));
  }
}
