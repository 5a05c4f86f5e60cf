package io.mlp.worker.execution;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import io.mlp.job.CacheResult;
import io.mlp.job.FailureKind;
import io.mlp.job.JobStatus;
import io.mlp.job.store.ClaimedJob;
import io.mlp.metrics.OutcomeCounters;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What this worker did. Of the jobs it claimed: <em>claimed = finished + requeued + released + late
 * + in hand</em>; {@code mlp_jobs_finished_total} over all workers and apis counts each end once.
 *
 * <p>Every counter of a version is there at 0 from when the version is served, because no rate
 * shows the step from nothing to the first. Histograms have sixty-odd series, so only the versions
 * that ran last have them: a scrape with a thousand models stays below 50,000 series.
 */
@Component
class ExecutionMetrics {
  private static final int MOST_WITH_HISTOGRAMS = 500;

  /** Upper bounds, from a small model's run to a long backlog; with infinity they are sixteen. */
  private static final Duration[] BUCKETS =
      LongStream.of(
              1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000, 30_000, 120_000, 600_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry meters;
  private final Counter lateRecords;
  private final Counter ticketsWithoutJob;
  private final Map<ModelVersion, VersionMeters> byVersion = new ConcurrentHashMap<>();

  ExecutionMetrics(MeterRegistry meters) {
    this.meters = meters;
    this.lateRecords =
        Counter.builder("mlp.late.records.refused")
            .description("Outcomes refused because the job was taken from this worker meanwhile")
            .register(meters);
    this.ticketsWithoutJob =
        Counter.builder("mlp.tickets.without.job")
            .description(
                "Jobs that tickets were for and did not find waiting: sent twice, or ended before")
            .register(meters);
  }

  /** What is measured of one version. */
  private static final class VersionMeters {
    private final OutcomeCounters outcomes;
    private final Counter succeeded;
    private final Counter released;
    private volatile @Nullable Histograms histograms;
    private volatile long lastUsed;

    VersionMeters(ModelVersion version, MeterRegistry meters) {
      Tags tags = Tags.of("model", version.name(), "version", Integer.toString(version.version()));
      this.outcomes = new OutcomeCounters(meters, tags);
      this.succeeded = outcomes.finished(JobStatus.SUCCEEDED, null);
      this.released =
          Counter.builder("mlp.jobs.released")
              .description(
                  "Jobs given back at no attempt: the worker stopped, or their deadline passed")
              .tags(tags)
              .register(meters);
      for (FailureKind kind : FailureKind.values()) {
        outcomes.finished(JobStatus.FAILED, kind);
        if (kind.retryable()) {
          outcomes.requeued(kind);
        }
      }
    }
  }

  private record Histograms(
      Timer queue, Timer compute, Timer total, DistributionSummary batchRows) {

    static Histograms of(Tags tags, MeterRegistry meters) {
      return new Histograms(
          timer("mlp.job.queue", "From acceptance to claim", tags, meters),
          timer("mlp.job.compute", "Inside the model, for the whole batch", tags, meters),
          timer("mlp.job.total", "From acceptance to record", tags, meters),
          DistributionSummary.builder("mlp.batch.rows")
              .description("Rows that shared a run")
              .tags(tags)
              .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256)
              .register(meters));
    }

    private static Timer timer(String name, String description, Tags tags, MeterRegistry meters) {
      return Timer.builder(name)
          .description(description)
          .tags(tags)
          .serviceLevelObjectives(BUCKETS)
          .register(meters);
    }

    void remove(MeterRegistry meters) {
      Stream.of(queue, compute, total, batchRows).forEach(meters::remove);
    }
  }

  /** Jobs of that version may come from now on. */
  void expect(ModelVersion version) {
    of(version);
  }

  /** Takes the rows of each run of the model. */
  LongConsumer runs(LoadedModel model) {
    return histograms(of(model.modelVersion())).batchRows::record;
  }

  void recorded(LoadedModel model, List<RecordedJob> recorded) {
    VersionMeters its = of(model.modelVersion());
    Histograms histograms = histograms(its);
    int succeeded = 0;
    for (RecordedJob job : recorded) {
      ClaimedJob claimed = job.outcome().job();
      histograms.queue.record(claimed.queueTime());
      histograms.total.record(Duration.between(claimed.createdAt(), job.completedAt()));
      switch (job.outcome()) {
        case JobOutcome.Succeeded success -> {
          if (success.cache() != CacheResult.HIT) {
            histograms.compute.record(success.compute());
          }
          succeeded++;
        }
        case JobOutcome.Failed failed ->
            its.outcomes.finished(JobStatus.FAILED, failed.failure().kind()).increment();
      }
    }
    its.succeeded.increment(succeeded);
  }

  void requeued(LoadedModel model, JobOutcome.Failed failed) {
    of(model.modelVersion()).outcomes.requeued(failed.failure().kind()).increment();
  }

  /** Jobs given back at no attempt. */
  void released(LoadedModel model, int jobs) {
    of(model.modelVersion()).released.increment(jobs);
  }

  /** Jobs that had been taken away when this worker wanted to say what became of them. */
  void late(int jobs) {
    lateRecords.increment(jobs);
  }

  void ticketsWithoutJob(int jobs) {
    ticketsWithoutJob.increment(jobs);
  }

  /** Removes what was measured of a version that is gone, or else each that ever was stays. */
  void forget(ModelVersion version) {
    byVersion.remove(version);
    Search.in(meters)
        .tags("model", version.name(), "version", Integer.toString(version.version()))
        .meters()
        .forEach(meters::remove);
  }

  private VersionMeters of(ModelVersion version) {
    return byVersion.computeIfAbsent(version, _ -> new VersionMeters(version, meters));
  }

  /** Has the histograms of a version. */
  void measured(ModelVersion version) {
    histograms(of(version));
  }

  private Histograms histograms(VersionMeters its) {
    its.lastUsed = System.nanoTime();
    Histograms histograms = its.histograms;
    return histograms == null ? newHistograms(its) : histograms;
  }

  private synchronized Histograms newHistograms(VersionMeters its) {
    Histograms histograms = its.histograms;
    if (histograms == null) {
      makeRoom();
      histograms = Histograms.of(its.outcomes.tags(), meters);
      its.histograms = histograms;
    }
    return histograms;
  }

  /** Takes the histograms of the version that has run none for longest, if there are too many. */
  private void makeRoom() {
    List<VersionMeters> having =
        byVersion.values().stream().filter(its -> its.histograms != null).toList();
    if (having.size() >= MOST_WITH_HISTOGRAMS) {
      long now = System.nanoTime();
      VersionMeters longest =
          Collections.max(having, Comparator.comparingLong(its -> now - its.lastUsed));
      Objects.requireNonNull(longest.histograms).remove(meters);
      longest.histograms = null;
    }
  }
}
