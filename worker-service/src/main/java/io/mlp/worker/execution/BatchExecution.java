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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
  private final RunPermits runs;

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
    this.runs = new RunPermits(settings.effectiveRuns());
  }

  @Override
  public void run(ModelLane lane, List<HeldTicket> tickets, Execution.Shift shift) {
    Patience patience = new Patience(shift::working);
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
    } else if (jobs.isEmpty()) {
      metrics.ticketsWithoutJob(jobsOf(tickets));
      tickets.forEach(HeldTicket::done);
    } else {
      run(lane.model(), jobs, used(jobs, lane, tickets, shift), patience);
    }
  }

  private static int jobsOf(List<HeldTicket> tickets) {
    return tickets.stream().mapToInt(HeldTicket::jobs).sum();
  }

  /**
   * The best jobs, as many as the tickets are for. Where none is found, others may have held them
   * locked just then.
   */
  private List<ClaimedJob> claim(ModelLane lane, int most) {
    List<ClaimedJob> jobs = claims.claim(lane.modelVersionId(), most);
    return jobs.isEmpty() ? claims.claim(lane.modelVersionId(), most) : jobs;
  }

  /**
   * The tickets that these jobs use up. Those that are for more go back in the lane's hand, for
   * jobs may wait that a suspect kept from being claimed or that others held locked; only a claim
   * that finds nothing says that tickets stand for no job.
   */
  private static List<HeldTicket> used(
      List<ClaimedJob> jobs, ModelLane lane, List<HeldTicket> tickets, Execution.Shift shift) {
    int used = 0;
    int left = jobs.size();
    while (used < tickets.size() && tickets.get(used).jobs() <= left) {
      left -= tickets.get(used).jobs();
      used++;
    }
    if (used < tickets.size()) {
      shift.putBack(lane, tickets.subList(used, tickets.size()));
    }
    return tickets.subList(0, used);
  }

  private void run(
      LoadedModel model, List<ClaimedJob> jobs, List<HeldTicket> tickets, Patience patience) {
    leases.hold(jobs);
    try {
      if (jobs.getFirst().suspect()) {
        runs.alone(() -> runAlone(model, jobs, patience));
      } else {
        List<JobOutcome> outcomes = new ArrayList<>(jobs.size());
        runs.beside(() -> outcomes.addAll(infer(model, jobs)));
        patience.get(() -> settle(model, outcomes));
      }
    } finally {
      leases.letGo(jobs);
      tickets.forEach(HeldTicket::done);
    }
  }

  /**
   * Nothing else computes until the outcome is recorded, so a loss of this process is the suspect's
   * doing.
   */
  private void runAlone(LoadedModel model, List<ClaimedJob> suspect, Patience patience) {
    Boolean still = patience.get(() -> claims.markAlone(suspect.getFirst()));
    if (Boolean.TRUE.equals(still)) {
      List<JobOutcome> outcomes = infer(model, suspect);
      patience.get(() -> settle(model, outcomes));
    }
  }

  private List<JobOutcome> infer(LoadedModel model, List<ClaimedJob> jobs) {
    List<InferenceRequest> requests =
        jobs.stream().map(job -> JobInference.request(model, job)).toList();
    List<InferenceOutcome> answers =
        MicroBatch.run(model.onnx(), model.maxBatchRows(), requests, metrics.runs(model));
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
