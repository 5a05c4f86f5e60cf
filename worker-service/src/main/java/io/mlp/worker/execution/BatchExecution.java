package io.mlp.worker.execution;

import io.mlp.cache.ContentCache;
import io.mlp.job.Failure;
import io.mlp.job.FailureKind;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.DatabaseFailures;
import io.mlp.worker.execution.BatchInference.Answers;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.LeaseKeeper;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.job.WorkerJobs;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.result.FinishedJobAnnouncer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.stereotype.Component;

/**
 * The worker's hot path: claim the best jobs the tickets are good for, see whose answer is known,
 * run the model once for all others, record every outcome, tell who waits, and only then hand the
 * tickets in.
 */
@Component
class BatchExecution implements Execution.Batches {
  private static final Logger LOG = LoggerFactory.getLogger(BatchExecution.class);

  private final WorkerJobs jobs;
  private final LeaseKeeper leases;
  private final ContentCache cache;
  private final FinishedJobAnnouncer announcer;
  private final ExecutionMetrics metrics;
  private final BatchInference inference;
  private final RunWatch watch;
  private final RunPermits permits;

  BatchExecution(
      WorkerJobs jobs,
      LeaseKeeper leases,
      ContentCache cache,
      FinishedJobAnnouncer announcer,
      ExecutionMetrics metrics,
      RunWatch watch,
      ExecutionSettings settings) {
    this.jobs = jobs;
    this.leases = leases;
    this.cache = cache;
    this.announcer = announcer;
    this.metrics = metrics;
    this.inference = new BatchInference(watch, metrics);
    this.watch = watch;
    this.permits = new RunPermits(settings.effectiveRuns());
  }

  @Override
  public void run(ModelLane lane, List<HeldTicket> tickets, Execution.Shift shift) {
    RetryUntilAvailable retry = new RetryUntilAvailable(shift::working);
    List<ClaimedJob> claimed;
    try {
      claimed = retry.get(() -> claim(lane, jobsOf(tickets)));
    } catch (RuntimeException e) {
      // Given back, they would come again and fail again at once; healing brings others later.
      tickets.forEach(HeldTicket::done);
      throw e;
    }
    if (claimed == null) {
      tickets.forEach(HeldTicket::giveBack);
    } else if (claimed.isEmpty()) {
      metrics.ticketsWithoutJob(jobsOf(tickets));
      tickets.forEach(HeldTicket::done);
    } else {
      run(lane, claimed, used(claimed, lane, tickets, shift), retry);
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
    List<ClaimedJob> claimed = jobs.claim(lane.modelVersionId(), most);
    return claimed.isEmpty() ? jobs.claim(lane.modelVersionId(), most) : claimed;
  }

  /**
   * The tickets that these jobs use up. Those that are for more go back in the lane's hand, for
   * jobs may wait that a suspect kept from being claimed or that others held locked; only a claim
   * that finds nothing says that tickets stand for no job.
   */
  private static List<HeldTicket> used(
      List<ClaimedJob> claimed, ModelLane lane, List<HeldTicket> tickets, Execution.Shift shift) {
    int used = 0;
    int left = claimed.size();
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
      ModelLane lane,
      List<ClaimedJob> claimed,
      List<HeldTicket> tickets,
      RetryUntilAvailable retry) {
    LoadedModel model = lane.model();
    leases.hold(claimed);
    long began = System.nanoTime();
    boolean answered = true;
    try {
      EqualJobs equal = EqualJobs.of(model, claimed, cache);
      if (equal.toRun().isEmpty()) {
        answered = settle(model, equal, new Answers(), retry);
      } else if (claimed.getFirst().suspect()) {
        answered = permits.alone(() -> runAlone(model, claimed.getFirst(), equal, began, retry));
      } else {
        Answers answers =
            permits.beside(model, () -> inference.infer(model, equal.toRun(), since(began)));
        answered = settle(model, equal, answers, retry);
        lane.took(answers.computing(), since(began));
      }
    } finally {
      leases.letGo(claimed);
      tickets.forEach(answered ? HeldTicket::done : HeldTicket::giveBack);
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  /**
   * Nothing else computes until the outcome is recorded, so a loss of this process is the suspect's
   * doing.
   */
  private boolean runAlone(
      LoadedModel model,
      ClaimedJob suspect,
      EqualJobs equal,
      long claimed,
      RetryUntilAvailable retry) {
    Boolean marked = retry.get(() -> jobs.markAlone(suspect));
    if (Boolean.TRUE.equals(marked)) {
      Answers answers = inference.infer(model, equal.toRun(), since(claimed));
      return settle(model, equal, answers, retry);
    }
    if (marked != null) {
      metrics.late(1);
    }
    return true;
  }

  /**
   * Queues again what may succeed another time, and gives back what got no answer; everything else
   * is recorded and announced.
   *
   * @param ran what became of the jobs that had to run
   * @return whether every job got an answer, so that no ticket is needed for it any more
   */
  private boolean settle(
      LoadedModel model, EqualJobs equal, Answers ran, RetryUntilAvailable retry) {
    Answers answers = equal.complete(ran);
    List<JobOutcome> ended = new ArrayList<>(answers.outcomes().size());
    for (JobOutcome outcome : answers.outcomes()) {
      if (outcome instanceof JobOutcome.Failed failed && failed.retried()) {
        requeue(model, failed, retry);
      } else {
        ended.add(outcome);
      }
    }
    if (!ended.isEmpty()) {
      end(model, equal, ended, retry);
    }
    if (!answers.unanswered().isEmpty()) {
      release(model, answers.unanswered(), retry);
    }
    return answers.unanswered().isEmpty();
  }

  private void requeue(LoadedModel model, JobOutcome.Failed failed, RetryUntilAvailable retry) {
    Boolean queued = retry.get(() -> jobs.requeue(failed));
    if (Boolean.TRUE.equals(queued)) {
      metrics.requeued(model, failed);
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

  @Override
  public void endRuns() {
    watch.endAll();
    permits.open();
  }

  @Override
  public boolean stuck(Thread thread) {
    return watch.stuck(thread);
  }

  @Override
  public void forget(ModelVersion version) {
    metrics.forget(version);
  }

  @Override
  public void giveBackHeld() {
    List<ClaimedJob> held = leases.held();
    try {
      LOG.warn("{} jobs are given back whose runs do not end", jobs.release(held));
    } catch (DataAccessException e) {
      LOG.warn("{} jobs are left to their leases: {}", held.size(), e.toString());
    }
  }
}
