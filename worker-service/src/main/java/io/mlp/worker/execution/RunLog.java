package io.mlp.worker.execution;

import io.mlp.job.TraceContext;
import io.mlp.job.store.ClaimedJob;
import io.mlp.trace.Tracing;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;
import io.mlp.worker.schedule.ExecutionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * What this worker says of its work: each failure and each slow run, as long as there are few, and
 * every ten seconds what every model did that did something. Why a job failed is said in one word:
 * the sentence beside it, which the job shows, may quote what somebody sent.
 */
@Component
class RunLog implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);

  private static final long INTERVAL_MILLIS = 10_000;

  /** Lines of one model between two summaries, which count what had none. */
  static final int MOST_LINES = 10;

  private final Duration slowRun;
  private final Map<ModelVersion, Tally> tallies = new ConcurrentHashMap<>();

  RunLog(ExecutionSettings settings) {
    this.slowRun = settings.slowRun();
  }

  /** What a model did since the last summary; changed and taken away by one thread at a time. */
  private static final class Tally {
    private int jobs;
    private int failures;
    private int lines;
    private long runs;
    private long rows;
    private Duration compute = Duration.ZERO;

    boolean takeLine() {
      return lines++ < MOST_LINES;
    }

    void tell(ModelVersion version) {
      LOG.info(
          "{}: {} jobs ended, {} attempts failed, {} runs, {} rows a run, {} ms a run",
          version,
          jobs,
          failures,
          runs,
          tenths((double) rows / Math.max(1, runs)),
          tenths(compute.toNanos() / 1e6 / Math.max(1, runs)));
    }

    private static double tenths(double value) {
      return Math.round(10 * value) / 10.0;
    }
  }

  /** A run has computed for so long. */
  void computed(LoadedModel model, Duration took, int jobs) {
    change(
        model,
        tally -> {
          tally.runs++;
          tally.compute = tally.compute.plus(took);
          if (took.compareTo(slowRun) >= 0 && tally.takeLine()) {
            LOG.info(
                "A run of {} took {} ms, with {} jobs",
                model.modelVersion(),
                took.toMillis(),
                jobs);
          }
        });
  }

  /** A run has answered for so many rows. */
  void answered(LoadedModel model, long rows) {
    change(model, tally -> tally.rows += rows);
  }

  /** Jobs have ended. */
  void recorded(LoadedModel model, List<RecordedJob> jobs) {
    change(model, tally -> tally.jobs += jobs.size());
    for (RecordedJob job : jobs) {
      if (job.outcome() instanceof JobOutcome.Failed failed) {
        failed(model, failed, "has failed");
      }
    }
  }

  /** An attempt has failed, and there will be another one. */
  void requeued(LoadedModel model, JobOutcome.Failed failed) {
    failed(model, failed, "will be tried again");
  }

  private void failed(LoadedModel model, JobOutcome.Failed failed, String consequence) {
    change(
        model,
        tally -> {
          tally.failures++;
          if (tally.takeLine()) {
            tell(model.modelVersion(), failed, consequence);
          }
        });
  }

  private static void tell(ModelVersion version, JobOutcome.Failed failed, String consequence) {
    ClaimedJob job = failed.job();
    TraceContext trace = job.content().options().trace();
    if (trace != null) {
      MDC.put(Tracing.TRACE_ID, trace.traceId());
    }
    LOG.info(
        "Job {} of {} {} after attempt {} of {}: {}",
        job.id(),
        version,
        consequence,
        job.attempts(),
        job.maxAttempts(),
        failed.failure().kind().text());
    MDC.remove(Tracing.TRACE_ID);
  }

  private void change(LoadedModel model, Consumer<Tally> change) {
    tallies.compute(
        model.modelVersion(),
        (_, known) -> {
          Tally tally = known == null ? new Tally() : known;
          change.accept(tally);
          return tally;
        });
  }

  @Scheduled(fixedRate = INTERVAL_MILLIS, initialDelay = INTERVAL_MILLIS)
  void summarize() {
    for (ModelVersion version : List.copyOf(tallies.keySet())) {
      Tally tally = tallies.remove(version);
      if (tally != null) {
        tally.tell(version);
      }
    }
  }

  @Override
  public void destroy() {
    summarize();
  }
}
