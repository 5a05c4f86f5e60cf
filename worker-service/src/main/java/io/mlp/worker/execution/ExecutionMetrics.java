package io.mlp.worker.execution;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import io.mlp.job.CacheResult;
import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.repository.ModelVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.springframework.stereotype.Component;

/**
 * What this worker did. Of the jobs it claimed: <em>claimed = finished + requeued + released + late
 * + in hand</em>; {@code mlp_jobs_finished_total} over all workers, and apis for answers of the
 * cache, counts each job once, as its record does.
 */
@Component
class ExecutionMetrics {
  private final MeterRegistry meters;
  private final Counter lateRecords;
  private final Counter ticketsWithoutJob;
  private final Map<ModelVersion, ModelMeters> byModel = new ConcurrentHashMap<>();

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

  private record ModelMeters(
      MeterRegistry meters,
      Tags tags,
      Timer queue,
      Timer compute,
      Timer total,
      DistributionSummary batchRows) {

    static ModelMeters of(LoadedModel model, MeterRegistry meters) {
      Tags tags = Tags.of("model", model.name(), "version", Integer.toString(model.version()));
      return new ModelMeters(
          meters,
          tags,
          timer(meters, tags, "mlp.job.queue", "From acceptance to claim"),
          timer(meters, tags, "mlp.job.compute", "Inside the model, for the whole batch"),
          timer(meters, tags, "mlp.job.total", "From acceptance to record"),
          DistributionSummary.builder("mlp.batch.rows")
              .description("Rows that shared a run")
              .tags(tags)
              .serviceLevelObjectives(1, 2, 4, 8, 16, 32, 64, 128, 256)
              .register(meters));
    }

    private static Timer timer(MeterRegistry meters, Tags tags, String name, String description) {
      return Timer.builder(name)
          .description(description)
          .tags(tags)
          .publishPercentileHistogram()
          .minimumExpectedValue(Duration.ofMillis(1))
          .maximumExpectedValue(Duration.ofMinutes(10))
          .register(meters);
    }

    Counter finished(String outcome, String kind) {
      return Counter.builder("mlp.jobs.finished")
          .description("Jobs whose outcome was recorded")
          .tags(tags.and("outcome", outcome, "kind", kind))
          .register(meters);
    }
  }

  /** Takes the rows of each run of the model. */
  LongConsumer runs(LoadedModel model) {
    return of(model).batchRows::record;
  }

  void recorded(LoadedModel model, List<RecordedJob> recorded) {
    ModelMeters its = of(model);
    int succeeded = 0;
    for (RecordedJob job : recorded) {
      ClaimedJob claimed = job.outcome().job();
      its.queue.record(claimed.queueTime());
      its.total.record(Duration.between(claimed.createdAt(), job.completedAt()));
      switch (job.outcome()) {
        case JobOutcome.Succeeded success -> {
          if (success.cache() != CacheResult.HIT) {
            its.compute.record(success.compute());
          }
          succeeded++;
        }
        case JobOutcome.Failed failed ->
            its.finished("failed", failed.failure().kind().text()).increment();
      }
    }
    if (succeeded > 0) {
      its.finished("succeeded", "none").increment(succeeded);
    }
  }

  void requeued(LoadedModel model, JobOutcome.Failed failed) {
    Counter.builder("mlp.jobs.requeued")
        .description("Attempts that failed and will be tried again")
        .tags(of(model).tags.and("kind", failed.failure().kind().text()))
        .register(meters)
        .increment();
  }

  /** Jobs given back at no attempt. */
  void released(LoadedModel model, int jobs) {
    Counter.builder("mlp.jobs.released")
        .description("Jobs given back at no attempt: the worker stopped, or their deadline passed")
        .tags(of(model).tags)
        .register(meters)
        .increment(jobs);
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
    byModel.remove(version);
    Search.in(meters)
        .tags("model", version.name(), "version", Integer.toString(version.version()))
        .meters()
        .forEach(meters::remove);
  }

  private ModelMeters of(LoadedModel model) {
    return byModel.computeIfAbsent(model.modelVersion(), _ -> ModelMeters.of(model, meters));
  }
}
