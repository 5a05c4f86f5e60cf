package io.mlp.api.submission.storing;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.mlp.api.dispatch.Tickets;
import io.mlp.api.model.CataloguedVersion;
import io.mlp.api.problem.ProblemException;
import io.mlp.api.problem.ProblemType;
import io.mlp.api.submission.validation.NewJob;
import io.mlp.job.WaitingJob;
import io.mlp.job.store.DatabaseFailures;
import io.mlp.job.store.DatabaseOutage;
import io.mlp.job.store.JobSubmissions;
import io.mlp.job.store.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.stereotype.Component;

/**
 * Stores the jobs of many requests in one statement and one commit, which costs the database about
 * as much as storing one.
 *
 * <p>A committer takes what waits and never waits for more: alone, a job is committed at once;
 * under load, what arrives during a commit is the next group. Large jobs have a committer of their
 * own, because small ones would wait for an insert of megabytes. When a group fails, its jobs are
 * tried one by one, so a job that the database refuses harms only its sender. After the commit the
 * tickets go to the publisher, on its own thread.
 */
@Component
public class SharedCommit implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(SharedCommit.class);
  private static final DatabaseOutage OUTAGE = DatabaseOutage.ofThisProcess();

  /** A deadlock or serialization failure has rolled everything back, so the group may try again. */
  private static final RetryTemplate COLLISIONS =
      new RetryTemplate(
          RetryPolicy.builder()
              .includes(ConcurrencyFailureException.class)
              .maxRetries(3)
              .delay(Duration.ofMillis(10))
              .multiplier(2)
              .build());

  /** A group of more takes no further job: the database has seconds for a statement. */
  private static final long MOST_BYTES = 64L * 1024 * 1024;

  /** From here on the bytes of a job cost more than its rows. */
  private static final long LARGE_BYTES = 256L * 1024;

  /** Where groups of jobs are stored. */
  interface Store {
    /** What is stored of a job, with its place in the backlog if it gets no ticket. */
    Submission place(NewJob job, boolean ticketed);

    /** Inserts all jobs but those whose key is taken, or none. */
    JobSubmissions.Stored insert(List<Submission> jobs);
  }

  private final Store store;
  private final Tickets tickets;
  private final CommitSettings settings;
  private final DistributionSummary groupSizes;
  private final BlockingQueue<PendingJob> small;
  private final BlockingQueue<PendingJob> large;
  private final List<Thread> committers = new ArrayList<>();
  private volatile boolean running;

  SharedCommit(Store store, Tickets tickets, CommitSettings settings, MeterRegistry meters) {
    this.store = store;
    this.tickets = tickets;
    this.settings = settings;
    this.small = new ArrayBlockingQueue<>(settings.queueCapacity());
    this.large = new ArrayBlockingQueue<>(settings.queueCapacity());
    this.groupSizes =
        DistributionSummary.builder("mlp.commit.jobs")
            .description("Jobs that shared a commit")
            .publishPercentileHistogram()
            .register(meters);
  }

  /**
   * Stores the job; when this returns, it is durable and its ticket is on the way.
   *
   * @return when the job was created, by the database's clock
   * @throws KeyTakenException if another job has its key
   * @throws ProblemException 503 if too many jobs wait, or the database does not take it in time
   */
  public Instant store(NewJob job) {
    PendingJob member = new PendingJob(job);
    BlockingQueue<PendingJob> pending = job.bytesUntilStored() < LARGE_BYTES ? small : large;
    if (!running || !pending.offer(member)) {
      throw overloaded("Too many jobs wait to be stored; this one was not");
    }
    try {
      return member.await(settings.timeout());
    } finally {
      if (member.abandoned()) {
        // Nobody accounts for its bytes any more.
        pending.remove(member);
      }
    }
  }

  private static ProblemException overloaded(String detail) {
    return ProblemException.passing(ProblemType.OVERLOADED, detail, Duration.ofSeconds(1), null);
  }

  private void run(BlockingQueue<PendingJob> pending) {
    List<PendingJob> group = new ArrayList<>(settings.maxGroup());
    while (running || !pending.isEmpty()) {
      try {
        gather(pending, group);
        commit(group);
      } catch (InterruptedException _) {
        // Stopping: the loop ends when nothing is pending.
      } catch (RuntimeException e) {
        LOG.error("A committer failed and goes on; its jobs' requests get no answer", e);
      } finally {
        group.clear();
      }
    }
  }

  /** Waits for a job, and takes those that wait behind it. */
  private void gather(BlockingQueue<PendingJob> pending, List<PendingJob> group)
      throws InterruptedException {
    long bytes = 0;
    PendingJob next = pending.take();
    for (int jobs = 1; next != null; jobs++) {
      if (next.take()) {
        group.add(next);
        bytes += next.job().bytesUntilStored();
      }
      next = jobs < settings.maxGroup() && bytes < MOST_BYTES ? pending.poll() : null;
    }
  }

  private void commit(List<PendingJob> group) {
    if (group.isEmpty()) {
      return;
    }
    JobSubmissions.Stored stored;
    try {
      stored = insert(group);
    } catch (RuntimeException e) {
      failed(group, e);
      return;
    }
    List<PendingJob> accepted = answer(group, stored);
    groupSizes.record(accepted.size());
    sendTickets(accepted, stored.createdAt());
  }

  /** Tells every request what became of its job; the answer are those that were stored. */
  private static List<PendingJob> answer(List<PendingJob> group, JobSubmissions.Stored stored) {
    List<PendingJob> accepted = new ArrayList<>(group.size());
    for (PendingJob member : group) {
      if (stored.duplicates().contains(member.job().id())) {
        member.failed(new KeyTakenException());
      } else {
        member.stored(stored.createdAt());
        accepted.add(member);
      }
    }
    return accepted;
  }

  private JobSubmissions.Stored insert(List<PendingJob> group) {
    List<Submission> jobs = group.stream().map(this::placed).toList();
    return COLLISIONS.invoke(() -> store.insert(jobs));
  }

  private Submission placed(PendingJob member) {
    return store.place(member.job(), member.reserve(tickets));
  }

  private void failed(List<PendingJob> group, RuntimeException e) {
    if (group.size() == 1 || DatabaseFailures.isTransient(e)) {
      OUTAGE.failed(e);
      group.forEach(member -> member.failed(e));
    } else {
      LOG.warn("A group of {} jobs failed, trying each alone: {}", group.size(), e.toString());
      group.forEach(member -> commit(List.of(member)));
    }
  }

  private void sendTickets(List<PendingJob> group, Instant createdAt) {
    Map<CataloguedVersion, List<WaitingJob>> byVersion = new LinkedHashMap<>();
    for (PendingJob member : group) {
      if (member.ticketed()) {
        byVersion
            .computeIfAbsent(member.job().version(), _ -> new ArrayList<>())
            .add(tickets.waiting(member.job().submission(), createdAt));
      } else if (!member.job().answered()) {
        tickets.backlogged(member.job().version().id());
      }
    }
    byVersion.forEach(tickets::send);
  }

  @Override
  public void start() {
    running = true;
    for (int i = 0; i < settings.committers(); i++) {
      startCommitter("committer-" + i, small);
    }
    startCommitter("committer-large", large);
  }

  private void startCommitter(String name, BlockingQueue<PendingJob> pending) {
    committers.add(Thread.ofPlatform().name(name).daemon().start(() -> run(pending)));
  }

  /** Commits what is pending, then ends; the web server has stopped before. */
  @Override
  public void stop() {
    running = false;
    committers.forEach(Thread::interrupt);
    for (Thread committer : committers) {
      try {
        committer.join(settings.timeout());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
    committers.clear();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops after the web server, before the publisher and the connection pool. */
  @Override
  public int getPhase() {
    return 0;
  }
}
