package io.mlp.worker.execution;

import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.inference.InferenceFailed;
import io.mlp.worker.inference.InferenceRun;
import io.mlp.worker.inference.RunObserver;
import io.mlp.worker.job.LeaseKeeper;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.schedule.ExecutionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Ends runs that take longer than they may, and those whose jobs have all been taken away. A run
 * that does not end when it is told to holds a thread for ever: its batch is then left to its
 * leases, and the worker is no longer live.
 */
@Component
public class RunWatch implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(RunWatch.class);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final LeaseKeeper leases;
  private final ApplicationEventPublisher events;
  private final Duration timeLimit;
  private final Duration stuckAfter;
  private final Map<InferenceRun, Run> runs = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("run-watch").daemon().factory());
  private volatile boolean ending;
  private volatile boolean stuck;

  RunWatch(LeaseKeeper leases, ApplicationEventPublisher events, ExecutionSettings settings) {
    this.leases = leases;
    this.events = events;
    this.timeLimit = settings.timeLimit();
    this.stuckAfter = settings.stuckAfter();
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A run that is under way. */
  private static final class Run {
    private final LoadedModel model;
    private final InferenceRun inference;
    private final List<ClaimedJob> batch;
    private final Duration limit;
    private final Thread thread = Thread.currentThread();
    private final long begun = System.nanoTime();
    private volatile long told;
    private volatile boolean stuck;

    Run(LoadedModel model, InferenceRun inference, List<ClaimedJob> batch, Duration limit) {
      this.model = model;
      this.inference = inference;
      this.batch = batch;
      this.limit = limit;
    }

    Stream<ClaimedJob> jobs() {
      return inference.requests().stream().map(batch::get);
    }

    boolean isToldToEnd() {
      return told != 0;
    }

    void exceeds() {
      told = System.nanoTime();
      inference.exceeds(limit);
    }

    void abandon() {
      told = System.nanoTime();
      inference.abandon();
    }
  }

  /**
   * Watches over the runs of a batch.
   *
   * @param batch the jobs, in the order of their requests
   * @param outputs has to have room for what each run gives
   * @param rows takes the rows of each run that answers
   */
  RunObserver over(
      LoadedModel model, List<ClaimedJob> batch, OutputBudget.Share outputs, LongConsumer rows) {
    return new BatchObserver(model, batch, model.timeLimit().orElse(timeLimit), outputs, rows);
  }

  private final class BatchObserver implements RunObserver {
    private final LoadedModel model;
    private final List<ClaimedJob> batch;
    private final Duration limit;
    private final OutputBudget.Share outputs;
    private final LongConsumer rows;

    BatchObserver(
        LoadedModel model,
        List<ClaimedJob> batch,
        Duration limit,
        OutputBudget.Share outputs,
        LongConsumer rows) {
      this.model = model;
      this.batch = batch;
      this.limit = limit;
      this.outputs = outputs;
      this.rows = rows;
    }

    @Override
    public void begins(InferenceRun inference) {
      Run run = new Run(model, inference, batch, limit);
      runs.put(inference, run);
      if (ending || taken(run)) {
        run.abandon();
      }
    }

    /** From now on it is memory that it waits for, and no limit of runs concerns it. */
    @Override
    public void computed(InferenceRun inference, long bytes, long before) throws InferenceFailed {
      runs.remove(inference);
      outputs.take(bytes, before, inference.requests().size());
    }

    @Override
    public void answered(long count) {
      rows.accept(count);
    }

    @Override
    public void ended(InferenceRun inference) {
      runs.remove(inference);
    }
  }

  private boolean taken(Run run) {
    return run.jobs().allMatch(leases::lost);
  }

  /** Ends all runs, those under way and those that begin from now on. */
  void endAll() {
    ending = true;
    runs.values().forEach(Run::abandon);
  }

  /** Whether anything computes. */
  public boolean computing() {
    return !runs.isEmpty();
  }

  /** Whether a run has not ended when it was told to. */
  public boolean stuck() {
    return stuck;
  }

  /** Whether it is this thread's run. */
  boolean stuck(Thread thread) {
    return runs.values().stream().anyMatch(run -> run.stuck && run.thread.equals(thread));
  }

  private void look() {
    try {
      runs.values().forEach(this::look);
    } catch (RuntimeException e) {
      LOG.error("Runs are not watched", e);
    }
  }

  private void look(Run run) {
    long now = System.nanoTime();
    if (run.isToldToEnd()) {
      if (!ending && !run.stuck && Duration.ofNanos(now - run.told).compareTo(stuckAfter) > 0) {
        giveUp(run);
      }
    } else if (Duration.ofNanos(now - run.begun).compareTo(run.limit) > 0) {
      run.exceeds();
    } else if (taken(run)) {
      run.abandon();
    }
  }

  private void giveUp(Run run) {
    LOG.error(
        "A run of {} version {} goes on {} s after it was told to end: its {} jobs are left to their"
            + " leases, and this worker is no longer live",
        run.model.name(),
        run.model.version(),
        stuckAfter.toSeconds(),
        run.batch.size());
    run.stuck = true;
    leases.letGo(run.batch);
    if (!stuck) {
      stuck = true;
      AvailabilityChangeEvent.publish(events, this, LivenessState.BROKEN);
    }
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}
