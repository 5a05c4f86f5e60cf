package io.mlp.worker.execution;

import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.Job;
import io.mlp.worker.inference.InferenceOutcome;
import io.mlp.worker.inference.InferenceRequest;
import io.mlp.worker.inference.MicroBatch;
import io.mlp.worker.job.ClaimedJob;
import io.mlp.worker.job.JobClaims;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.JobRecords;
import io.mlp.worker.job.JobReturns;
import io.mlp.worker.job.LeaseKeeper;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.result.FinishedJobAnnouncer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.stereotype.Component;

/**
 * The worker's hot path: claim the best jobs the tickets are good for, run the model once for all,
 * record every outcome, tell who waits, and only then hand the tickets in.
 */
@Component
class BatchExecution implements Execution.Batches {
  private static final Logger LOG = LoggerFactory.getLogger(BatchExecution.class);

  private final JobClaims claims;
  private final LeaseKeeper leases;
  private final JobRecords records;
  private final JobReturns returns;
  private final FinishedJobAnnouncer announcer;
  private final ExecutionMetrics metrics;
  private final Semaphore runs;

  BatchExecution(
      JobClaims claims,
      LeaseKeeper leases,
      JobRecords records,
      JobReturns returns,
      FinishedJobAnnouncer announcer,
      ExecutionMetrics metrics,
      ExecutionSettings settings) {
    this.claims = claims;
    this.leases = leases;
    this.records = records;
    this.returns = returns;
    this.announcer = announcer;
    this.metrics = metrics;
    this.runs = new Semaphore(settings.effectiveRuns(), true);
  }

  @Override
  public void run(ModelLane lane, List<HeldTicket> tickets, BooleanSupplier working) {
    Patience patience = new Patience(working);
    List<ClaimedJob> jobs;
    try {
      jobs = patience.get(() -> claim(lane, jobsOf(tickets)));
    } catch (RuntimeException e) {
      // Given back, they would come again and fail again at once; healing brings others later.
      tickets.forEach(HeldTicket::done);
      throw e;
    }
    if (jobs == null) {
      tickets.forEach(HeldTicket::giveBack);
      return;
    }
    leases.hold(jobs);
    try {
      List<JobOutcome> outcomes = infer(lane.model(), jobs);
      patience.get(() -> settle(lane.model(), outcomes));
    } finally {
      leases.letGo(jobs);
      tickets.forEach(HeldTicket::done);
    }
  }

  /**
   * The best jobs, as many as the tickets are for. Where fewer are found, another worker may have
   * held some locked just then, so it looks a second time.
   */
  private List<ClaimedJob> claim(ModelLane lane, int most) {
    List<ClaimedJob> jobs = claims.claim(lane.modelVersionId(), most);
    int missing = most - jobs.size();
    if (missing == 0) {
      return jobs;
    }
    List<ClaimedJob> all = new ArrayList<>(jobs);
    all.addAll(secondLook(lane, missing));
    metrics.ticketsWithoutJob(most - all.size());
    return all;
  }

  private static int jobsOf(List<HeldTicket> tickets) {
    return tickets.stream().mapToInt(HeldTicket::jobs).sum();
  }

  /** What was claimed before must not be forgotten because the database goes away now. */
  private List<ClaimedJob> secondLook(ModelLane lane, int missing) {
    try {
      return claims.claim(lane.modelVersionId(), missing);
    } catch (DataAccessException e) {
      LOG.warn("No second look for jobs: {}", e.toString());
      return List.of();
    }
  }

  private List<JobOutcome> infer(LoadedModel model, List<ClaimedJob> jobs) {
    List<InferenceRequest> requests =
        jobs.stream().map(job -> JobInference.request(model, job)).toList();
    List<InferenceOutcome> answers;
    runs.acquireUninterruptibly();
    try {
      answers = MicroBatch.run(model.onnx(), model.maxBatchRows(), requests, metrics.runs(model));
    } finally {
      runs.release();
    }
    List<JobOutcome> outcomes = new ArrayList<>(jobs.size());
    for (int i = 0; i < jobs.size(); i++) {
      outcomes.add(JobInference.outcome(model, jobs.get(i), answers.get(i)));
    }
    return outcomes;
  }

  /** Queues again what may succeed another time; everything else is recorded and announced. */
  private boolean settle(LoadedModel model, List<JobOutcome> outcomes) {
    List<JobOutcome> ended = new ArrayList<>(outcomes.size());
    for (JobOutcome outcome : outcomes) {
      if (outcome instanceof JobOutcome.Failed failed && failed.retried()) {
        returns.requeue(failed);
        metrics.requeued(model, failed);
      } else {
        ended.add(outcome);
      }
    }
    if (!ended.isEmpty()) {
      List<RecordedJob> recorded = record(model, ended);
      List<Job> finished = recorded.stream().map(job -> JobInference.finished(model, job)).toList();
      announcer.announce(finished);
      metrics.recorded(model, recorded, ended.size() - recorded.size());
    }
    return true;
  }

  /** Records all at once; if the database refuses one of them, each alone. */
  private List<RecordedJob> record(LoadedModel model, List<JobOutcome> outcomes) {
    try {
      return records.record(outcomes, model.onnx().digest());
    } catch (NonTransientDataAccessException e) {
      if (e instanceof DataAccessResourceFailureException) {
        throw e;
      }
      LOG.error("The database refuses an outcome of {} jobs", outcomes.size(), e);
      return outcomes.size() > 1
          ? outcomes.stream().flatMap(one -> record(model, List.of(one)).stream()).toList()
          : records.record(List.of(unstorable(outcomes.getFirst())), model.onnx().digest());
    }
  }

  private static JobOutcome unstorable(JobOutcome outcome) {
    String detail = "The database refused what the model answered";
    return new JobOutcome.Failed(outcome.job(), new Failure(FailureKind.MODEL_ERROR, detail));
  }
}
