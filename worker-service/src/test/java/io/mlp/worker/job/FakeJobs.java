package io.mlp.worker.job;

import io.mlp.job.WaitingJob;
import io.mlp.job.store.ClaimedJob;
import io.mlp.job.store.JobEndings;
import io.mlp.job.store.JobLeases;
import io.mlp.worker.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The jobs of one model version in memory, behind the classes that reach the real ones. */
public final class FakeJobs {
  public static final Instant COMPLETED = Instant.parse("2026-11-24T08:00:01Z");
  public static final Instant EXPIRES = COMPLETED.plus(Duration.ofDays(7));

  private static final JdbcClient NO_DATABASE = JdbcClient.create(new JdbcTemplate());
  private static final JobLeases NO_LEASES = new JobLeases(NO_DATABASE);

  private final WorkerIdentity worker = WorkerIdentity.create();
  private final JobSettings settings = Settings.of(JobSettings.class);
  private final Deque<ClaimedJob> waiting = new ArrayDeque<>();
  private final Deque<Optional<DataAccessException>> failures = new ArrayDeque<>();
  private final Set<UUID> taken = ConcurrentHashMap.newKeySet();
  private final Set<UUID> alone = new HashSet<>();
  private final Set<UUID> unstorable = new HashSet<>();
  private final List<ClaimedJob> held = new CopyOnWriteArrayList<>();
  private final List<Integer> asked = new ArrayList<>();
  private final List<JobOutcome> recorded = new ArrayList<>();
  private final List<Integer> statements = new ArrayList<>();
  private final List<JobOutcome.Failed> requeued = new ArrayList<>();
  private final List<ClaimedJob> heldAtRecord = new ArrayList<>();
  private final List<ClaimedJob> released = new CopyOnWriteArrayList<>();
  private long recordNanos;
  private final LeaseKeeper leases =
      new LeaseKeeper(NO_LEASES, settings) {
        @Override
        public void hold(Collection<ClaimedJob> jobs) {
          held.addAll(jobs);
        }

        @Override
        public void letGo(Collection<ClaimedJob> jobs) {
          held.removeAll(jobs);
        }

        @Override
        public List<ClaimedJob> held() {
          return List.copyOf(held);
        }

        @Override
        public boolean lost(ClaimedJob job) {
          return held.contains(job) && taken.contains(job.id());
        }
      };

  public FakeJobs waiting(ClaimedJob... jobs) {
    waiting.addAll(List.of(jobs));
    return this;
  }

  /** What the next claims do, in this order; those after them succeed. */
  public FakeJobs claimFails(DataAccessException failure) {
    failures.add(Optional.of(failure));
    return this;
  }

  public FakeJobs claimSucceeds() {
    failures.add(Optional.empty());
    return this;
  }

  /** The lease of the job ran out: what this worker records of it comes too late. */
  public void takeAway(ClaimedJob job) {
    taken.add(job.id());
  }

  /** The database takes so long to record a batch. */
  public void recordIn(Duration time) {
    recordNanos = time.toNanos();
  }

  /** The database refuses what the model answers for the job, and whatever group that is in. */
  public void refuse(ClaimedJob job) {
    unstorable.add(job.id());
  }

  private boolean refused(JobOutcome outcome) {
    return outcome instanceof JobOutcome.Succeeded && unstorable.contains(outcome.job().id());
  }

  /** Whether the job was claimed as one that runs isolated. */
  public boolean isIsolated(ClaimedJob job) {
    return alone.contains(job.id());
  }

  public List<ClaimedJob> held() {
    return List.copyOf(held);
  }

  /** The jobs that were under a lease when outcomes were recorded. */
  public List<ClaimedJob> heldAtRecord() {
    return List.copyOf(heldAtRecord);
  }

  /** How many jobs each claim asked for. */
  public List<Integer> asked() {
    return List.copyOf(asked);
  }

  /** How many outcomes each statement brought. */
  public List<Integer> statements() {
    return List.copyOf(statements);
  }

  public List<JobOutcome> recorded() {
    return List.copyOf(recorded);
  }

  /** The jobs that were given back at no attempt. */
  public List<ClaimedJob> released() {
    return List.copyOf(released);
  }

  public List<JobOutcome.Failed> requeued() {
    return List.copyOf(requeued);
  }

  public WorkerJobs jobs() {
    return new WorkerJobs(NO_LEASES, new JobEndings(NO_DATABASE), worker, settings) {
      // As many of those that wait as are named.
      @Override
      public List<ClaimedJob> claim(List<WaitingJob> named, boolean isolated) {
        askFor(named.size());
        List<ClaimedJob> claimed =
            waiting.stream()
                .filter(job ->
                    job.poisonCandidate() == isolated && !(isolated && taken.contains(job.id())))
                .limit(named.size())
                .toList();
        waiting.removeAll(claimed);
        if (isolated) {
          claimed.forEach(job -> alone.add(job.id()));
        }
        return claimed;
      }

      @Override
      public List<RecordedJob> record(List<JobOutcome> outcomes, String modelDigest) {
        statements.add(outcomes.size());
        heldAtRecord.addAll(held);
        LockSupport.parkNanos(recordNanos);
        if (outcomes.stream().anyMatch(FakeJobs.this::refused)) {
          throw new DataIntegrityViolationException("refused");
        }
        List<JobOutcome> inTime =
            outcomes.stream().filter(outcome -> !taken.contains(outcome.job().id())).toList();
        recorded.addAll(inTime);
        return inTime.stream().map(it -> new RecordedJob(it, COMPLETED, EXPIRES)).toList();
      }

      @Override
      public boolean requeue(JobOutcome.Failed failed) {
        return !taken.contains(failed.job().id()) && requeued.add(failed);
      }

      @Override
      public int release(Collection<ClaimedJob> jobs) {
        List<ClaimedJob> ours = jobs.stream().filter(job -> !taken.contains(job.id())).toList();
        released.addAll(ours);
        return ours.size();
      }
    };
  }

  private void askFor(int most) {
    asked.add(most);
    Optional<DataAccessException> failure =
        failures.isEmpty() ? Optional.empty() : failures.remove();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  public LeaseKeeper leases() {
    return leases;
  }
}
