package io.mlp.worker.execution;

import io.mlp.cache.CachedAnswer;
import io.mlp.cache.ContentCache;
import io.mlp.cache.ContentKey;
import io.mlp.job.CachePolicy;
import io.mlp.job.CacheResult;
import io.mlp.job.store.ClaimedJob;
import io.mlp.worker.execution.BatchInference.Answers;
import io.mlp.worker.job.JobOutcome;
import io.mlp.worker.job.RecordedJob;
import io.mlp.worker.repository.LoadedModel;
import io.mlp.worker.result.NewAnswer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a batch by what they ask: those whose answer is in the cache need no run, and of
 * several that ask the same one does. Jobs that bypass the cache share with none, and so do those
 * of a model that answers the same question differently each time.
 */
final class EqualJobs {
  private final LoadedModel model;
  private final Map<UUID, ContentKey> keys = new LinkedHashMap<>();
  private final List<JobOutcome> hits = new ArrayList<>();
  private final List<ClaimedJob> toRun = new ArrayList<>();

  /** What else wants the answer of a job that is to run. */
  private final Map<UUID, List<ClaimedJob>> duplicates = new HashMap<>();

  private EqualJobs(LoadedModel model) {
    this.model = model;
  }

  /** Asks the cache at most once. */
  static EqualJobs of(LoadedModel model, List<ClaimedJob> jobs, ContentCache cache) {
    EqualJobs equal = new EqualJobs(model);
    Set<ContentKey> wanted = new LinkedHashSet<>();
    for (ClaimedJob job : jobs) {
      if (job.content().options().cache() != CachePolicy.BYPASS && model.repeatable()) {
        ContentKey key =
            model
                .contentScope()
                .key(job.owner(), job.content().inputs(), job.content().options().outputs());
        equal.keys.put(job.id(), key);
        if (job.content().options().cache() == CachePolicy.USE) {
          wanted.add(key);
        }
      }
    }
    equal.sort(jobs, cache.find(List.copyOf(wanted)));
    return equal;
  }

  private void sort(List<ClaimedJob> jobs, Map<ContentKey, CachedAnswer> known) {
    Map<ContentKey, ClaimedJob> running = new HashMap<>();
    for (ClaimedJob job : jobs) {
      ContentKey key = keys.get(job.id());
      CachedAnswer answer =
          key != null && job.content().options().cache() == CachePolicy.USE ? known.get(key) : null;
      ClaimedJob first = key == null || answer != null ? null : running.putIfAbsent(key, job);
      if (answer != null) {
        hits.add(JobOutcome.Succeeded.hit(job, answer));
      } else if (first != null) {
        duplicates.computeIfAbsent(first.id(), _ -> new ArrayList<>()).add(job);
      } else {
        toRun.add(job);
      }
    }
  }

  /** The jobs that the model has to run, in their order. */
  List<ClaimedJob> toRun() {
    return toRun;
  }

  /**
   * What became of jobs that were run and of those that ask the same; with the first of them also
   * of those whose answer was known.
   */
  Answers complete(Answers ran) {
    Answers all = new Answers();
    all.outcomes().addAll(hits);
    hits.clear();
    for (JobOutcome outcome : ran.outcomes()) {
      all.outcomes().add(of(outcome.job(), outcome, CacheResult.MISS));
      for (ClaimedJob duplicate : duplicatesOf(outcome.job())) {
        all.outcomes().add(of(duplicate, outcome, CacheResult.COLLAPSED));
      }
    }
    for (ClaimedJob job : ran.unanswered()) {
      all.unanswered().add(job);
      all.unanswered().addAll(duplicatesOf(job));
    }
    return all;
  }

  private List<ClaimedJob> duplicatesOf(ClaimedJob job) {
    return duplicates.getOrDefault(job.id(), List.of());
  }

  private JobOutcome of(ClaimedJob job, JobOutcome outcome, CacheResult from) {
    return switch (outcome) {
      case JobOutcome.Succeeded it -> keys.containsKey(job.id()) ? it.of(job, from) : it;
      case JobOutcome.Failed(var _, var failure) -> new JobOutcome.Failed(job, failure);
    };
  }

  /** The answers that were computed here, to be kept for others. */
  List<NewAnswer> toKeep(List<RecordedJob> recorded) {
    return recorded.stream().map(this::toKeep).filter(Objects::nonNull).toList();
  }

  private @Nullable NewAnswer toKeep(RecordedJob recorded) {
    ContentKey key = keys.get(recorded.outcome().job().id());
    return key != null
            && recorded.outcome() instanceof JobOutcome.Succeeded it
            && it.cache() == CacheResult.MISS
        ? new NewAnswer(key, it.answer(), model.cacheTtl())
        : null;
  }
}
