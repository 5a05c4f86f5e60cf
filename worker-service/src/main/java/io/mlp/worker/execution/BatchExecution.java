package io.mlp.worker.execution;

import io.mlp.cache.ContentCache;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.execution.BatchInference.Answers;
import io.mlp.worker.job.LeaseKeeper;
import io.mlp.worker.job.WorkerJobs;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.schedule.BatchScheduler;
import io.mlp.worker.schedule.HeldTicket;
import io.mlp.worker.schedule.InputBudget;
import io.mlp.worker.schedule.ModelQueue;
import io.mlp.worker.schedule.RunPermits;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * The worker's hot path: claim the jobs that the tickets name, see whose answer is known, run the
 * model once for all others, record every outcome, tell who waits, and only then hand the tickets
 * in.
 */
@Component
class BatchExecution implements BatchScheduler.Batches {
  private static final Logger LOG = LoggerFactory.getLogger(BatchExecution.class);

  private final WorkerJobs jobs;
  private final LeaseKeeper leases;
  private final ContentCache cache;
  private final OutcomeWriter outcomes;
  private final ExecutionMetrics metrics;
  private final BatchInference inference;
  private final RunWatch watch;
  private final InputBudget inputs;
  private final OutputBudget outputs;
  private final RunPermits permits;
  private final ExecutionSpans spans;

  BatchExecution(
      WorkerJobs jobs,
      LeaseKeeper leases,
      ContentCache cache,
      OutcomeWriter outcomes,
      ExecutionMetrics metrics,
      RunWatch watch,
      InputBudget inputs,
      OutputBudget outputs,
      RunPermits permits,
      ExecutionSpans spans,
      RunLog log) {
    this.jobs = jobs;
    this.leases = leases;
    this.cache = cache;
    this.outcomes = outcomes;
    this.metrics = metrics;
    this.inference = new BatchInference(watch, metrics, spans, log);
    this.spans = spans;
    this.watch = watch;
    this.inputs = inputs;
    this.outputs = outputs;
    this.permits = permits;
  }

  @Override
  public void run(ModelQueue queue, List<HeldTicket> tickets, BooleanSupplier working) {
    RetryUntilAvailable retry = new RetryUntilAvailable(working);
    boolean isolated = tickets.getFirst().ticket().isolated();
    long bytes = tickets.stream().mapToLong(HeldTicket::inputBytes).sum();
    // One that had to wait until the worker stopped leaves its jobs to others.
    Supplier<Boolean> batch =
        () -> working.getAsBoolean() && claimAndRun(queue, tickets, isolated, retry);
    // Where the database refuses the claim they are done with: given back, they would fail again.
    boolean settled = true;
    try {
      settled = inputs.with(bytes, () -> isolated ? permits.exclusive(batch) : batch.get());
    } finally {
      tickets.forEach(settled ? HeldTicket::done : HeldTicket::giveBack);
    }
  }

  /**
   * Whether every job that the tickets name has moved on, so that they stand for none any more. A
   * job without an answer waits under another fence, and gets another ticket.
   */
  private boolean claimAndRun(
      ModelQueue queue, List<HeldTicket> tickets, boolean isolated, RetryUntilAvailable retry) {
    List<WaitingJob> named =
        tickets.stream().flatMap(ticket -> ticket.ticket().jobs().stream()).toList();
    List<ClaimedJob> claimed = retry.get(() -> jobs.claim(named, isolated));
    if (claimed == null) {
      return false;
    }
    metrics.ticketsWithoutJob(named.size() - claimed.size());
    if (!claimed.isEmpty()) {
      run(queue, claimed, isolated, retry);
    }
    return true;
  }

  private void run(
      ModelQueue queue, List<ClaimedJob> claimed, boolean isolated, RetryUntilAvailable retry) {
    LoadedModel model = queue.model();
    leases.hold(claimed);
    spans.claimed(model, claimed);
    long began = System.nanoTime();
    try (OutputBudget.Share share = outputs.share()) {
      EqualJobs equal = EqualJobs.of(model, claimed, cache);
      Consumer<Answers> write =
          some ->
              spans.record(
                  model, equal.complete(some), all -> outcomes.write(model, equal, all, retry));
      Supplier<Answers> run =
          () -> inference.infer(model, equal.toRun(), since(began), share, write);
      Answers answers = equal.toRun().isEmpty() ? new Answers() : permitted(model, isolated, run);
      write.accept(answers);
      queue.took(answers.computing(), since(began));
      queue.gave(share.mostOfJob());
    } finally {
      leases.letGo(claimed);
    }
  }

  private Answers permitted(LoadedModel model, boolean isolated, Supplier<Answers> run) {
    return isolated ? run.get() : permits.shared(model, run);
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
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
  public void expect(ModelVersion version) {
    metrics.expect(version);
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
