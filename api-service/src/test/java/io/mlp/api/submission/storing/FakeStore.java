package io.mlp.api.submission.storing;

import io.mlp.api.submission.validation.NewJob;
import io.mlp.job.store.JobSubmissions;
import io.mlp.job.store.Submission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;

/** Stores groups of jobs in memory: all or none, as slowly as the test wants. */
final class FakeStore implements SharedCommit.Store {
  static final Instant COMMITTED = Instant.parse("2026-11-24T12:00:00Z");

  private final List<List<Submission>> attempts = new ArrayList<>();
  private final List<List<Submission>> commits = new ArrayList<>();
  private final Set<UUID> poisoned = new HashSet<>();
  private final Set<String> keys = new HashSet<>();
  private final Semaphore gate = new Semaphore(1);
  private @Nullable RuntimeException failure;

  /** From now on a commit, once begun, lasts until {@link #finish}. */
  void hold() {
    gate.acquireUninterruptibly();
  }

  void finish() {
    gate.release();
  }

  /** The database will refuse this job, and whatever group it is in. */
  synchronized NewJob poison(NewJob job) {
    poisoned.add(job.id());
    return job;
  }

  synchronized void failWith(@Nullable RuntimeException failure) {
    this.failure = failure;
  }

  synchronized int attempts() {
    return attempts.size();
  }

  /** Ids of the jobs of each commit. */
  synchronized List<List<UUID>> commits() {
    return commits.stream().map(group -> group.stream().map(Submission::id).toList()).toList();
  }

  synchronized List<Submission> stored() {
    return commits.stream().flatMap(List::stream).toList();
  }

  @Override
  public Submission place(NewJob job, boolean ticketed) {
    return ticketed ? job.submission() : job.submission().placed(1);
  }

  @Override
  public JobSubmissions.Stored insert(List<Submission> jobs) {
    begin(jobs);
    gate.acquireUninterruptibly();
    gate.release();
    return commit(jobs);
  }

  private synchronized void begin(List<Submission> jobs) {
    attempts.add(jobs);
  }

  private synchronized JobSubmissions.Stored commit(List<Submission> jobs) {
    if (failure != null) {
      throw failure;
    }
    if (jobs.stream().anyMatch(placed -> poisoned.contains(placed.id()))) {
      throw new DataIntegrityViolationException("poison");
    }
    Set<UUID> duplicates = new HashSet<>();
    for (Submission placed : jobs) {
      Submission.Key key = placed.key();
      if (key != null && !keys.add(key.name())) {
        duplicates.add(placed.id());
      }
    }
    commits.add(jobs.stream().filter(placed -> !duplicates.contains(placed.id())).toList());
    return new JobSubmissions.Stored(COMMITTED, duplicates);
  }
}
