package io.mlp.api.submission;

import io.mlp.api.idempotency.IdempotencyKey;
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

  private final List<List<NewJobs.Placed>> attempts = new ArrayList<>();
  private final List<List<NewJobs.Placed>> commits = new ArrayList<>();
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

  /** The jobs of each commit. */
  synchronized List<List<NewJob>> commits() {
    return commits.stream().map(group -> group.stream().map(NewJobs.Placed::job).toList()).toList();
  }

  synchronized List<NewJobs.Placed> stored() {
    return commits.stream().flatMap(List::stream).toList();
  }

  @Override
  public NewJobs.Placed place(NewJob job, boolean ticketed) {
    return new NewJobs.Placed(job, 1, ticketed);
  }

  @Override
  public SharedCommit.Stored insert(List<NewJobs.Placed> jobs) {
    begin(jobs);
    gate.acquireUninterruptibly();
    gate.release();
    return commit(jobs);
  }

  private synchronized void begin(List<NewJobs.Placed> jobs) {
    attempts.add(jobs);
  }

  private synchronized SharedCommit.Stored commit(List<NewJobs.Placed> jobs) {
    if (failure != null) {
      throw failure;
    }
    if (jobs.stream().anyMatch(placed -> poisoned.contains(placed.job().id()))) {
      throw new DataIntegrityViolationException("poison");
    }
    Set<UUID> duplicates = new HashSet<>();
    for (NewJobs.Placed placed : jobs) {
      IdempotencyKey key = placed.job().key();
      if (key != null && !keys.add(key.name())) {
        duplicates.add(placed.job().id());
      }
    }
    commits.add(jobs.stream().filter(placed -> !duplicates.contains(placed.job().id())).toList());
    return new SharedCommit.Stored(COMMITTED, duplicates);
  }
}
